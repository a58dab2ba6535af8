package io.holdfast.server;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;

/**
 * The nonces of token requests, for as long as a request with one could be sent again. Holds a
 * bounded number and takes no more when it is full: forgetting one would let it be used twice.
 */
final class Nonces {
  enum Verdict {
    FRESH,
    USED,
    FULL
  }

  private record Entry(String nonce, long until) {}

  private final Clock clock;
  private final Duration kept;
  private final int max;
  private final Set<String> known = new HashSet<>();
  private final Queue<Entry> byAge = new ArrayDeque<>();

  Nonces(Clock clock, Duration kept, int max) {
    this.clock = clock;
    this.kept = kept;
    this.max = max;
  }

  /** Remembers a nonce of a key's, if it is fresh. */
  synchronized Verdict take(String keyName, String nonce) {
    long now = clock.millis();
    while (!byAge.isEmpty() && byAge.peek().until <= now) {
      known.remove(byAge.remove().nonce);
    }
    String name = keyName + " " + nonce;
    if (known.contains(name)) {
      return Verdict.USED;
    }
    if (known.size() >= max) {
      return Verdict.FULL;
    }
    known.add(name);
    byAge.add(new Entry(name, now + kept.toMillis()));
    return Verdict.FRESH;
  }
}
