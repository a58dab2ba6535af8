package io.holdfast.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: twice as long each time up to the longest, and somewhat
 * less by chance, so that many clients do not come at once.
 */
final class Backoff {
  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;
  private int attempts;

  Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
  }

  Duration next() {
    long doubled = first.toMillis() << Math.min(attempts, 20);
    long ceiling = Math.min(Math.max(doubled, 1), longest.toMillis());
    attempts++;
    return Duration.ofMillis((long) (ceiling * (0.8 + 0.2 * random.nextDouble())));
  }

  void reset() {
    attempts = 0;
  }
}
