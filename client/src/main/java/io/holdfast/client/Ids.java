package io.holdfast.client;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Names for what is published, so that what is sent twice is applied once. Never the same twice.
 */
final class Ids {
  private static final int RADIX = 36;

  private final String prefix;
  private final AtomicLong count = new AtomicLong();

  Ids(RandomGenerator random) {
    prefix = Long.toUnsignedString(random.nextLong(), RADIX);
  }

  /** To be followed by a colon and the place within one publish. */
  String next() {
    return prefix + "-" + Long.toString(count.incrementAndGet(), RADIX);
  }
}
