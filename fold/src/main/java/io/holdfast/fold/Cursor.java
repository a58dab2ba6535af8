package io.holdfast.fold;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A place in a channel's log, between client frames: clients hold it as {@code channelSerial}.
 *
 * @param generation which log, by its creation time in ms
 * @param position the entry
 * @param frame the part within the entry
 */
public record Cursor(long generation, long position, int frame) implements Comparable<Cursor> {
  private static final Comparator<Cursor> ORDER =
      Comparator.comparingLong(Cursor::generation)
          .thenComparingLong(Cursor::position)
          .thenComparingInt(Cursor::frame);

  private static final int GENERATION_WIDTH = 9;
  private static final int POSITION_WIDTH = 11;
  private static final int FRAME_WIDTH = 3;
  static final int WIDTH = GENERATION_WIDTH + POSITION_WIDTH + FRAME_WIDTH + 2;

  /** Stands behind a place that is owed what came before it. */
  private static final char OWED = '~';

  /** The most parts an entry can have. */
  public static final int MAX_FRAMES = 36 * 36 * 36;

  /** Reads {@link #toString}'s form or {@link #owing}'s; null for anything else. */
  public static @Nullable Cursor parse(String text) {
    if ((text.length() != WIDTH && owedSince(text) < 0)
        || text.charAt(GENERATION_WIDTH) != '-'
        || text.charAt(GENERATION_WIDTH + 1 + POSITION_WIDTH) != '-') {
      return null;
    }
    long generation = Base36.parse(text, 0, GENERATION_WIDTH);
    long position = Base36.parse(text, GENERATION_WIDTH + 1, POSITION_WIDTH);
    long frame = Base36.parse(text, WIDTH - FRAME_WIDTH, FRAME_WIDTH);
    return generation < 0 || position < 0 || frame < 0
        ? null
        : new Cursor(generation, position, (int) frame);
  }

  /**
   * The form of a place that is told before older messages: a client that comes back with it has
   * got none of them yet.
   *
   * @param since none of the messages is older than that, ms
   */
  public String owing(long since) {
    StringBuilder text = new StringBuilder(WIDTH + 1 + GENERATION_WIDTH).append(this).append(OWED);
    Base36.append(text, since, GENERATION_WIDTH);
    return text.toString();
  }

  /** Since when a client is owed messages from before the place it presents; -1 if it is not. */
  public static long owedSince(@Nullable String text) {
    return text != null
            && text.length() == WIDTH + 1 + GENERATION_WIDTH
            && text.charAt(WIDTH) == OWED
        ? Base36.parse(text, WIDTH + 1, GENERATION_WIDTH)
        : -1;
  }

  /** Names the log among those that number operations on shared objects. */
  public static String site(long generation) {
    return Long.toString(generation, Character.MAX_RADIX);
  }

  @Override
  public int compareTo(Cursor other) {
    return ORDER.compare(this, other);
  }

  /** Fixed width, so that cursors sort as strings in log order. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(WIDTH + 4);
    Base36.append(text, generation, GENERATION_WIDTH);
    text.append('-');
    Base36.append(text, position, POSITION_WIDTH);
    text.append('-');
    Base36.append(text, frame, FRAME_WIDTH);
    return text.toString();
  }
}
