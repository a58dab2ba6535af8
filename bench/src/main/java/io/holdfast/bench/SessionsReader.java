package io.holdfast.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The people of the AI sessions: asks a question on every channel and reads every answer, checking
 * each token against the plan. Takes commands on standard input, one a line.
 */
final class SessionsReader {
  private static final int LINGER_MILLIS = 60_000;

  private final Arguments arguments;
  private final Dialer dialer;
  private final Stage stage;
  private final JsonFactory factory = new JsonFactory();
  private List<ClientSocket> sockets = List.of();
  private TokenPlan plan = new TokenPlan(1, 1, 1);

  // What the loop owns.
  private final Map<String, HeardAnswer> byChannel = new HashMap<>();
  private final Histogram latencies = new Histogram(600_000_000_000L, 3);
  private final List<HeardAnswer> answers = new ArrayList<>();
  private long questions;
  private long acknowledged;
  private long startNanos;
  private long frames;
  private long tokens;
  private byte[] scratch = new byte[4096];

  SessionsReader(Arguments arguments, Dialer dialer) {
    this.arguments = arguments;
    this.dialer = dialer;
    this.stage = new Stage(dialer.loop());
  }

  void run() throws IOException {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "open" -> open(words[1], TokenPlan.of(words[2], words[3], words[4]));
        case "stream" -> Load.print(stream(Long.parseLong(words[1])));
        default -> throw new LoadFailure("Unknown command: " + words[0]);
      }
      stage.check();
    }
  }

  private void open(String prefix, TokenPlan asked) {
    plan = asked;
    stage.run(
        () -> {
          byChannel.clear();
          answers.clear();
          for (int i = 0; i < asked.answers(); i++) {
            int answer = i;
            var heard = new HeardAnswer(asked, i, token -> arrived(answer, token));
            answers.add(heard);
            byChannel.put(TokenPlan.channel(prefix, i), heard);
          }
        });
    if (sockets.isEmpty()) {
      int connections = Math.min(asked.answers(), arguments.number("connections", 16));
      sockets = dialer.open(connections, i -> new Person());
    }
    // A socket waits for one answer at a time, so the sockets' channels go round by round.
    for (int first = 0; first < asked.answers(); first += sockets.size()) {
      var attaching = new ArrayList<CompletableFuture<ClientSocket>>();
      for (int i = first; i < Math.min(first + sockets.size(), asked.answers()); i++) {
        attaching.add(sockets.get(i - first).attach(TokenPlan.channel(prefix, i)));
      }
      attaching.forEach(Dialer::await);
    }
    stage.run(
        () -> {
          for (int i = 0; i < asked.answers(); i++) {
            ClientSocket socket = sockets.get(0);
            socket.write(Unpooled.copiedBuffer(question(prefix, i), StandardCharsets.UTF_8));
          }
          sockets.get(0).flush();
        });
    if (!stage.await(30_000, () -> acknowledged == questions)) {
      throw new LoadFailure("Not all questions were acknowledged in time.");
    }
    Load.print(new Outcome().put("questions", asked.answers()));
  }

  /** A message of a person, as sessions have it on the wire. */
  private String question(String prefix, int answer) {
    String event = TokenPlan.input(answer);
    return "{\"action\":15,\"channel\":\""
        + TokenPlan.channel(prefix, answer)
        + "\",\"msgSerial\":"
        + questions++
        + ",\"messages\":[{\"name\":\"ai-input\",\"data\":\"What comes next?\",\"extras\":{\"ai\":{"
        + "\"transport\":{\"event-id\":\""
        + event
        + "\",\"codec-message-id\":\"message-of-"
        + event
        + "\",\"stream\":\"false\",\"discrete\":\"true\",\"role\":\"user\"},"
        + "\"codec\":{\"kind\":\"user-message\",\"partType\":\"text\"}}}}]}";
  }

  private Outcome stream(long epochMillis) {
    long start = TokenPlan.nanoTimeOf(epochMillis);
    stage.run(
        () -> {
          startNanos = start;
          latencies.reset();
          frames = 0;
          tokens = 0;
        });
    stage.sleep((int) Math.max(0, (start - System.nanoTime()) / 1_000_000));
    var meter = Meter.of(arguments);
    boolean whole = stage.await(plan.millis() * 3 + LINGER_MILLIS, this::whole);
    var outcome = new Outcome();
    long came = stage.on(() -> tokens);
    var _ = meter.stop(outcome, "heard", came);
    String trouble = stage.on(this::trouble);
    if (trouble != null) {
      throw new LoadFailure("An answer is not what was written: " + trouble);
    }
    stage.check();
    return stage.on(
        () ->
            outcome
                .put("whole", whole ? 1 : 0)
                .put("lost", (double) (plan.allTokens() - tokens))
                .put("frames", (double) frames)
                .put("mended", answers.stream().mapToInt(HeardAnswer::mended).sum())
                .put("token", latencies));
  }

  private boolean whole() {
    return answers.stream().allMatch(HeardAnswer::complete);
  }

  private @Nullable String trouble() {
    for (HeardAnswer answer : answers) {
      if (answer.trouble() != null) {
        return answer.trouble();
      }
    }
    return null;
  }

  private void arrived(int answer, int token) {
    tokens++;
    long late = System.nanoTime() - startNanos - plan.dueNanos(answer, token);
    // Two processes read the same clock some microseconds apart.
    latencies.recordValue(Math.max(0, late));
  }

  private final class Person implements ClientSocket.Reader {
    @Override
    public void frame(ClientSocket socket, ByteBuf buf, int from, int to) {
      long action = Wire.number(buf, from, to, Wire.ACTION_KEY);
      if (action == Wire.ACK) {
        acknowledged += Wire.answered(buf, from, to);
      } else if (action == Wire.MESSAGE) {
        messages(buf, from, to);
      } else if (action == Wire.NACK || Wire.endsConnection(action)) {
        stage.fail("Unexpected answer: " + Load.text(buf, from, to));
      }
    }

    private void messages(ByteBuf buf, int from, int to) {
      int length = to - from;
      if (scratch.length < length) {
        scratch = new byte[length * 2];
      }
      buf.getBytes(from, scratch, 0, length);
      frames++;
      try (JsonParser json = factory.createParser(scratch, 0, length)) {
        heard(json);
      } catch (IOException e) {
        stage.fail("A frame that cannot be read: " + Load.text(buf, from, to));
      }
    }

    @Override
    public void closed(ClientSocket from, String why) {
      stage.fail("A person's connection ended: " + why);
    }
  }

  private void heard(JsonParser json) throws IOException {
    HeardAnswer answer = null;
    var messages = new ArrayList<HeardMessage>(1);
    var _ = json.nextToken();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("channel")) {
        answer = byChannel.get(json.getText());
      } else if (name.equals("messages")) {
        while (json.nextToken() == JsonToken.START_OBJECT) {
          messages.add(HeardMessage.read(json));
        }
      } else if (value.isStructStart()) {
        var _ = json.skipChildren();
      }
    }
    if (answer != null) {
      messages.forEach(answer::take);
    }
  }
}
