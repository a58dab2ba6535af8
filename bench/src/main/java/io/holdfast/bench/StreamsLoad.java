package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Answers streamed all at once, each on a channel of its own with some readers, which check every
 * token in its place. A token's latency counts from the moment it was due, whenever it was sent, to
 * each of its readers: writers and readers share one clock. A load that cannot be held is given up
 * as soon as that shows.
 */
final class StreamsLoad {
  private static final int GRACE_MILLIS = 30_000;

  /** With more than so many seconds of tokens unacknowledged there is nothing left to learn. */
  private static final double MAX_BEHIND_SECONDS = 3;

  private final Arguments arguments;
  private final Dialer dialer;
  private final Stage stage;
  private final Lateness lateness;
  private final TokenPlan plan;
  private final int readersEach;
  private final List<Reader> readers = new ArrayList<>();

  StreamsLoad(Arguments arguments, Dialer dialer) {
    this.arguments = arguments;
    this.dialer = dialer;
    this.stage = new Stage(dialer.loop());
    this.lateness = new Lateness(arguments);
    this.plan = lateness.plan();
    this.readersEach = arguments.number("readers", 2);
  }

  Outcome run() {
    String prefix = arguments.text("prefix", "stream-");
    open(prefix);
    var writers = new AnswerWriters(dialer, stage, plan.tokens(), plan::token);
    int agents = Math.min(plan.answers(), arguments.number("clients", 16));
    writers.create(plan.answers(), agents, answer -> TokenPlan.channel(prefix, answer));

    double perSecond = (double) plan.answers() * plan.perSecond();
    var meter = Meter.of(arguments);
    Pacer pacer = writers.start(perSecond);
    stage.run(() -> lateness.begin(pacer));
    boolean held = hold(writers, (long) (perSecond * MAX_BEHIND_SECONDS));
    var outcome = new Outcome();
    long heard = stage.on(this::tokens);
    var _ = meter.stop(outcome, "heard", heard);
    stage.run(pacer::stop);
    if (held) {
      check(heard);
    }
    return stage.on(
        () ->
            outcome
                .put("held", held ? 1 : 0)
                .put("frames", (double) readers.stream().mapToLong(r -> r.heard.frames()).sum())
                .put("bytes", (double) readers.stream().mapToLong(r -> r.heard.bytes()).sum())
                .put("mended", (double) readers.stream().mapToLong(r -> r.heard.mended()).sum())
                .put("tokens", (double) heard)
                .put("token", lateness.latencies()));
  }

  /** Readers of one answer are on different connections; as many of those as there are readers. */
  private void open(String prefix) {
    int all = plan.answers() * readersEach;
    int connections = Math.min(all, arguments.number("connections", all));
    for (int i = 0; i < connections; i++) {
      readers.add(new Reader());
    }
    var sockets = dialer.open(connections, readers::get);
    // A socket waits for one answer at a time, so the sockets' channels go round by round.
    for (int first = 0; first < all; first += connections) {
      var attaching = new ArrayList<CompletableFuture<ClientSocket>>();
      for (int i = first; i < Math.min(first + connections, all); i++) {
        int answer = i % plan.answers();
        Reader reader = readers.get(i - first);
        stage.run(() -> reader.heard.expect(plan, answer, lateness::arrived));
        attaching.add(sockets.get(i - first).attach(TokenPlan.channel(prefix, answer)));
      }
      attaching.forEach(Dialer::await);
    }
  }

  /** Until everybody has everything; false when the server falls so far behind that it cannot. */
  private boolean hold(AnswerWriters writers, long maxBehind) {
    boolean[] behind = {false};
    boolean ended =
        stage.await(
            plan.millis() + GRACE_MILLIS,
            () -> {
              behind[0] = writers.unacknowledged() > maxBehind;
              return behind[0] || (writers.complete() && whole());
            });
    return ended && !behind[0];
  }

  private boolean whole() {
    return readers.stream().allMatch(reader -> reader.heard.whole());
  }

  private long tokens() {
    return readers.stream().mapToLong(reader -> reader.heard.tokens()).sum();
  }

  private void check(long heard) {
    for (Reader reader : readers) {
      String trouble = stage.on(reader.heard::trouble);
      if (trouble != null) {
        throw new LoadFailure("An answer is not what was written: " + trouble);
      }
    }
    if (heard != plan.allTokens() * readersEach) {
      throw new LoadFailure(
          heard + " tokens came, of " + plan.allTokens() * readersEach + " that were written.");
    }
  }

  private final class Reader implements ClientSocket.Reader {
    private final HeardAnswers heard = new HeardAnswers();

    @Override
    public void frame(ClientSocket socket, ByteBuf buf, int from, int to) {
      long action = Wire.number(buf, from, to, Wire.ACTION_KEY);
      if (action == Wire.MESSAGE) {
        heard.take(buf, from, to);
      } else if (Wire.endsConnection(action)) {
        stage.fail("Unexpected answer: " + Load.text(buf, from, to));
      }
    }

    @Override
    public void closed(ClientSocket socket, String why) {
      stage.fail("A reader's connection ended: " + why);
    }
  }
}
