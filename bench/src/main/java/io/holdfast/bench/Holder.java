package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Holds a server in a state while somebody else measures it: reads one command a line from standard
 * input, answers each with one result, ends with the input. {@code open N} opens connections that
 * do nothing, {@code fill CHANNEL N} attaches to a channel and publishes to it, {@code fills PREFIX
 * COUNT N} does so to so many channels at once, {@code history CHANNEL} pages through all of it.
 * {@code entries CHANNEL N} sets entries of the channel's root and stays attached, {@code sync
 * CHANNEL N} attaches anew for them. {@code session CHANNEL N TOKENS} fills a channel with
 * questions and answers, {@code sessions PREFIX N TOKENS COUNT} so many of them side by side,
 * {@code attach CHANNEL N TOKENS TIMES FILE} attaches and reads the newest page of them, which it
 * keeps in a file.
 */
final class Holder {
  /** Messages in flight while a channel is filled. */
  private static final int WINDOW = 256;

  /** Half of what a server reads of one connection before it has acknowledged any of it. */
  private static final int WINDOW_BYTES = 2 << 20;

  private final Arguments arguments;
  private final Dialer dialer;
  private final Stage stage;
  private final Map<String, Filler> fillers = new HashMap<>();

  Holder(Arguments arguments, Dialer dialer) {
    this.arguments = arguments;
    this.dialer = dialer;
    this.stage = new Stage(dialer.loop());
  }

  void run() throws IOException {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      Load.print(command(line.split(" ", -1)));
      stage.check();
    }
  }

  private Outcome command(String[] words) throws IOException {
    return switch (words[0]) {
      case "open" -> open(Integer.parseInt(words[1]));
      case "fill" -> fill(List.of(words[1]), Integer.parseInt(words[2]));
      case "fills" ->
          fill(
              IntStream.range(0, Integer.parseInt(words[2])).mapToObj(i -> words[1] + i).toList(),
              Integer.parseInt(words[3]));
      case "history" -> new HistoryReader(arguments.number("port"), words[1]).readAll();
      case "entries" ->
          new EntryWriter(dialer, stage).write(words[1], Integer.parseInt(words[2]), entryBytes());
      case "sync" -> new SyncReader(stage).read(dialer, words[1], Integer.parseInt(words[2]));
      case "session" -> new SessionWriter(dialer, stage).write(words[1], session(words));
      case "sessions" -> sessions(words[1], session(words), Integer.parseInt(words[4]));
      case "attach" ->
          new AttachReader(dialer, stage, arguments.number("port"), session(words))
              .read(words[1], Integer.parseInt(words[4]), Path.of(words[5]));
      default -> throw new LoadFailure("Unknown command: " + words[0]);
    };
  }

  private static SessionPlan session(String[] words) {
    return new SessionPlan(Integer.parseInt(words[2]), Integer.parseInt(words[3]));
  }

  private Outcome sessions(String prefix, SessionPlan plan, int count) {
    long start = System.nanoTime();
    List<SessionWriter> writers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var writer = new SessionWriter(dialer, stage);
      writer.start(prefix + i, plan);
      writers.add(writer);
    }
    writers.forEach(SessionWriter::awaitWritten);
    return new Outcome().put("seconds", (System.nanoTime() - start) / 1e9);
  }

  private int entryBytes() {
    return arguments.number("entry", EntryWriter.VALUE_BYTES);
  }

  private Outcome open(int count) {
    long start = System.nanoTime();
    int opened = dialer.open(count, i -> new Idle()).size();
    return new Outcome().put("open", opened).put("seconds", (System.nanoTime() - start) / 1e9);
  }

  /** So many messages more to each of the channels, to all of them at once. */
  private Outcome fill(List<String> channels, int count) {
    List<Filler> filling =
        channels.stream().map(name -> fillers.computeIfAbsent(name, this::open)).toList();
    long start = System.nanoTime();
    stage.run(() -> filling.forEach(filler -> filler.add(count)));
    if (!stage.await(600_000, () -> filling.stream().allMatch(Filler::filled))) {
      throw new LoadFailure("What was to be filled was not within ten minutes.");
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Outcome().put("rate", (double) count * channels.size() / seconds);
  }

  private Filler open(String channel) {
    var filler = new Filler(channel);
    filler.socket = dialer.open(1, i -> filler).getFirst();
    var _ = Dialer.await(filler.socket.attach(channel));
    return filler;
  }

  private final class Idle implements ClientSocket.Reader {
    @Override
    public void frame(ClientSocket socket, ByteBuf buf, int from, int to) {}

    @Override
    public void closed(ClientSocket socket, String why) {
      stage.fail("An idle connection ended: " + why);
    }
  }

  private final class Filler implements ClientSocket.Reader {
    private final PublishFrame frame;
    private final int window;
    private @Nullable ClientSocket socket;
    private long target;
    private long sent;
    private long acknowledged;

    Filler(String channel) {
      int payload = arguments.number("payload", 200);
      frame = new PublishFrame(channel, payload, new Random(3));
      window = Math.clamp(WINDOW_BYTES / payload, 1, WINDOW);
    }

    boolean filled() {
      return acknowledged == target;
    }

    void add(int count) {
      target += count;
      pump();
    }

    private void pump() {
      ClientSocket open = socket;
      if (open == null || sent == target) {
        return;
      }
      while (sent < target && sent - acknowledged < window) {
        open.write(frame.encode(open.allocator(), sent++, sent));
      }
      open.flush();
    }

    @Override
    public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
      long action = Wire.number(buf, start, end, Wire.ACTION_KEY);
      if (action == Wire.ACK) {
        acknowledged = Wire.answeredBelow(buf, start, end);
        pump();
      } else if (action == Wire.NACK || Wire.endsConnection(action)) {
        stage.fail("Unexpected answer: " + Load.text(buf, start, end));
      }
    }

    @Override
    public void closed(ClientSocket from, String why) {
      stage.fail("The filling connection ended: " + why);
    }
  }
}
