package io.holdfast.journalnats;

import java.util.random.RandomGenerator;

/** Names of what this node publishes, different from everybody else's. */
final class Ids {
  private final String node;
  private long given;

  Ids(RandomGenerator random) {
    node = Long.toString(random.nextLong() & Long.MAX_VALUE, Character.MAX_RADIX) + "-";
  }

  synchronized String next() {
    return node + Long.toString(given++, Character.MAX_RADIX);
  }
}
