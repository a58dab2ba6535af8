package io.holdfast.bench;

import org.HdrHistogram.Histogram;

/**
 * How late tokens come to readers. Each counts from the moment it was due, whenever it was sent,
 * but for those of the beginning, which warm everybody up. Of the load's event loop.
 */
final class Lateness {
  private final TokenPlan plan;
  private final int warmTokens;
  private final Histogram latencies = new Histogram(600_000_000_000L, 3);
  private long startNanos;

  /** Of as many answers, tokens a second, and milliseconds of both kinds as the arguments say. */
  Lateness(Arguments arguments) {
    int rate = arguments.number("rate", 50);
    this.warmTokens = arguments.number("warmup", 0) * rate / 1000;
    int measured = arguments.number("millis", 10_000) * rate / 1000;
    this.plan = new TokenPlan(arguments.number("answers"), warmTokens + measured, rate);
  }

  TokenPlan plan() {
    return plan;
  }

  /** Tokens are due by this. */
  void begin(Pacer pacer) {
    startNanos = pacer.startNanos();
  }

  void arrived(int answer, int token) {
    if (token >= warmTokens) {
      long late = System.nanoTime() - startNanos - plan.dueNanos(answer, token);
      latencies.recordValue(Math.max(0, late));
    }
  }

  /** Nanoseconds. */
  Histogram latencies() {
    return latencies;
  }
}
