package io.holdfast.sessions;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** Mints ids: random UUIDs of version 4 from the given source. */
final class Ids {
  private final RandomGenerator random;

  Ids(RandomGenerator random) {
    this.random = random;
  }

  synchronized String next() {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }
}
