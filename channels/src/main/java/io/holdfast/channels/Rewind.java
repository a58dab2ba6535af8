package io.holdfast.channels;

/**
 * How far back a new attachment wants to begin: so many messages, or so much time. Exactly one of
 * the two is positive.
 *
 * @param count messages
 * @param millis how long ago, in the log's time
 */
public record Rewind(int count, long millis) {
  /** The most messages a rewind brings. */
  public static final int MAX = 100;
}
