package io.holdfast.channels;

/**
 * How far back a new attachment wants to begin: so many messages, or so much time.
 *
 * @param count messages; 0 if it is a time that is wanted
 * @param millis how long ago, in the log's time; 0 if it is a number
 * @param limit how many messages at the most
 */
public record Rewind(int count, long millis, int limit) {
  /** The most messages a rewind brings. */
  public static final int MAX = 100;

  public Rewind(int count, long millis) {
    this(count, millis, MAX);
  }

  public Rewind atMost(int messages) {
    return new Rewind(count, millis, Math.min(messages, MAX));
  }

  /** The time of the oldest message it may bring, ms. */
  long oldest(long now) {
    return millis > 0 ? Math.max(0, now - millis) : 0;
  }

  /** How many messages it brings at the most. */
  int most() {
    return count > 0 ? Math.min(count, limit) : limit;
  }
}
