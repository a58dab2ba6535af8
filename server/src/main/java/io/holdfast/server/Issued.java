package io.holdfast.server;

/**
 * When a token was issued, as far as it says. A JWT says the second only: whether it is of before
 * or after a moment in that second nobody can tell before the second is over, since until then an
 * old one may look like a new one.
 *
 * @param at ms since the epoch; of a second its beginning
 * @param toTheSecond whether it is known to the second only
 */
record Issued(long at, boolean toTheSecond) {
  private static final long SECOND = 1_000;

  /** Of who has no token. */
  static final Issued NEVER = new Issued(0, false);

  static Issued at(long ms) {
    return new Issued(ms, false);
  }

  /** As a JWT says it: in seconds, which few write with a fraction. */
  static Issued claimed(long ms) {
    return new Issued(ms, ms % SECOND == 0);
  }

  /** The same of a token that somebody had in hand by some time: it was issued by then. */
  Issued by(long ms) {
    return new Issued(Math.min(at, ms), toTheSecond);
  }

  boolean before(long ms) {
    return at < ms;
  }

  /**
   * From when on a token got anew is told from one issued before a moment: a JWT once the second of
   * that moment is over.
   */
  long toldFrom(long moment) {
    return toTheSecond ? secondAfter(moment) : moment;
  }

  /** Whether it may be of before or after a moment, for all one knows by now. */
  boolean uncertain(long moment, long now) {
    return toTheSecond && at / SECOND == moment / SECOND && now < secondAfter(moment);
  }

  /** The end of the second that a moment is in; itself if it begins one. */
  static long secondAfter(long moment) {
    return Math.ceilDiv(moment, SECOND) * SECOND;
  }
}
