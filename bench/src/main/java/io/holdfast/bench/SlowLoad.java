package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers streamed on one channel to many readers, the first of which may be slow: how late the
 * others hear each token. The slow one stays behind until a line comes on standard input; from then
 * on it reads as it can, and must come to the right text.
 */
final class SlowLoad {
  private static final int GRACE_MILLIS = 30_000;
  private static final int CATCH_UP_MILLIS = 120_000;

  private final Arguments arguments;
  private final Dialer dialer;
  private final Stage stage;
  private final Lateness lateness;
  private final TokenPlan plan;
  private final List<Reader> readers = new ArrayList<>();
  private @Nullable Throttle throttle;

  SlowLoad(Arguments arguments, Dialer dialer) {
    this.arguments = arguments;
    this.dialer = dialer;
    this.stage = new Stage(dialer.loop());
    this.lateness = new Lateness(arguments);
    this.plan = lateness.plan();
  }

  void run() throws IOException {
    String channel = arguments.text("channel", "slow");
    stage.run(() -> open(channel));
    if (!stage.await(GRACE_MILLIS, () -> readers.stream().allMatch(r -> r.attached))) {
      throw new LoadFailure("Not all readers could attach.");
    }
    var writers = new AnswerWriters(dialer, stage, plan.tokens(), plan::token);
    writers.create(plan.answers(), 1, answer -> channel);
    var meter = Meter.of(arguments);
    Pacer pacer = writers.start((double) plan.answers() * plan.perSecond());
    stage.run(() -> lateness.begin(pacer));
    boolean whole =
        stage.await(plan.millis() + GRACE_MILLIS, () -> writers.complete() && othersWhole());
    stage.run(pacer::stop);
    check(whole, readers.subList(1, readers.size()));
    var outcome = new Outcome();
    double seconds = meter.stop(outcome, "heard", stage.on(this::tokens));
    Load.print(stage.on(() -> streamed(outcome, seconds)));

    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if (input.readLine() != null) {
      Load.print(catchUp());
    }
  }

  private void open(String channel) {
    double slowBytes = arguments.number("slow", 0);
    for (int i = 0; i < arguments.number("readers", 100); i++) {
      boolean slow = i == 0 && slowBytes > 0;
      var reader = new Reader(i > 0);
      for (int answer = 0; answer < plan.answers(); answer++) {
        reader.heard.expect(plan, answer, reader::arrived);
      }
      if (slow) {
        throttle = new Throttle(dialer.loop(), slowBytes);
        reader.throttle = throttle;
        throttle.start();
      }
      reader.client = new ReturningClient(slow ? dialer.narrow() : dialer, stage, channel, reader);
      reader.client.come();
      readers.add(reader);
    }
  }

  private boolean othersWhole() {
    return readers.stream().skip(1).allMatch(reader -> reader.heard.whole());
  }

  private long tokens() {
    return readers.stream().mapToLong(reader -> reader.heard.tokens()).sum();
  }

  private Outcome streamed(Outcome outcome, double seconds) {
    Reader first = readers.getFirst();
    long bytes = readers.stream().skip(1).mapToLong(reader -> reader.heard.bytes()).sum();
    return outcome
        .put("token", lateness.latencies())
        .put("bytesEach", bytes / seconds / (readers.size() - 1))
        .put("behind", (double) (plan.allTokens() - first.heard.tokens()))
        .put("behindPart", 1 - (double) first.heard.tokens() / plan.allTokens());
  }

  private Outcome catchUp() {
    Reader slow = readers.getFirst();
    long start = System.nanoTime();
    stage.run(
        () -> {
          if (throttle != null) {
            throttle.release();
          }
        });
    boolean whole = stage.await(CATCH_UP_MILLIS, () -> slow.heard.whole());
    check(whole, List.of(slow));
    return stage.on(
        () ->
            new Outcome()
                .put("caughtUp", (System.nanoTime() - start) / 1e6)
                .put("returns", slow.client == null ? 0 : slow.client.returns())
                .put("mended", (double) slow.heard.mended())
                .put("slowBytes", (double) slow.heard.bytes()));
  }

  private void check(boolean whole, List<Reader> some) {
    for (Reader reader : some) {
      String trouble = stage.on(reader.heard::trouble);
      if (trouble != null) {
        throw new LoadFailure("An answer is not what was written: " + trouble);
      }
    }
    if (!whole) {
      throw new LoadFailure("Not all tokens came to the readers in time.");
    }
  }

  private final class Reader implements ReturningClient.Inbox {
    private final HeardAnswers heard = new HeardAnswers();
    private final boolean measured;
    private @Nullable ReturningClient client;
    private @Nullable Throttle throttle;
    private boolean attached;

    Reader(boolean measured) {
      this.measured = measured;
    }

    void arrived(int answer, int token) {
      if (measured) {
        lateness.arrived(answer, token);
      }
    }

    @Override
    public void connected(ClientSocket socket) {
      if (throttle != null) {
        throttle.hold(socket);
      }
    }

    @Override
    public void attached() {
      attached = true;
    }

    @Override
    public void messages(ByteBuf buf, int from, int to) {
      heard.take(buf, from, to);
    }
  }
}
