package io.holdfast.connections;

/**
 * Lets so many through in a second, and at once as many as a second's worth, one at the least. Of
 * whoever holds its lock.
 */
final class Pace {
  private static final double SECOND = 1_000;

  private final double perSecond;
  private final double most;
  private double room;
  private long since;

  Pace(double perSecond, long now) {
    this.perSecond = perSecond;
    this.most = Math.max(1, perSecond);
    this.room = most;
    this.since = now;
  }

  double perSecond() {
    return perSecond;
  }

  /** Takes room for some; false, taking none, when there is too little. */
  boolean take(int count, long now) {
    refill(now);
    // more at once than a second's worth is let through when nothing went before it
    if (room < Math.min(count, most)) {
      return false;
    }
    room -= count;
    return true;
  }

  /** Takes room for some, whether or not there is any; a second's worth at the most is owed. */
  void charge(int count, long now) {
    refill(now);
    room = Math.max(-most, room - count);
  }

  /** How long until there is room for some, ms; 0 when there is. */
  long roomIn(int count, long now) {
    refill(now);
    double missing = Math.min(count, most) - room;
    return missing <= 0 ? 0 : (long) Math.ceil(missing * SECOND / perSecond);
  }

  private void refill(long now) {
    room = Math.min(most, room + Math.max(0, now - since) * perSecond / SECOND);
    since = now;
  }
}
