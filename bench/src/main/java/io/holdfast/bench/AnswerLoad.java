package io.holdfast.bench;

import java.util.Random;

/**
 * Answers in prose, streamed all at once and each on a channel of its own: what they take on disk.
 */
final class AnswerLoad {
  private final Arguments arguments;
  private final Stage stage;
  private final AnswerWriters writers;

  AnswerLoad(Arguments arguments, Dialer dialer) {
    var prose = new Prose(new Random(7));
    this.arguments = arguments;
    this.stage = new Stage(dialer.loop());
    this.writers =
        new AnswerWriters(
            dialer, stage, arguments.number("tokens"), (answer, token) -> prose.token());
  }

  static String channel(int answer) {
    return TokenPlan.channel("answer-", answer);
  }

  Outcome run() {
    int count = arguments.number("answers", 100);
    int connections = Math.min(count, arguments.number("connections", 16));
    writers.create(count, connections, AnswerLoad::channel);

    double perSecond = arguments.number("rate", 50) * (double) count;
    Pacer pacer = writers.start(perSecond);
    int millis = (int) (1000.0 * arguments.number("tokens") * count / perSecond);
    if (!stage.await(millis * 3 + 30_000, writers::complete)) {
      throw new LoadFailure("Not all appends were acknowledged in time.");
    }
    stage.run(pacer::stop);
    return new Outcome()
        .put("answers", count)
        .put("payloadBytes", stage.on(() -> (double) writers.payloadBytes()));
  }
}
