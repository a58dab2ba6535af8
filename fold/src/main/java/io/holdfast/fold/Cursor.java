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

  /** The most parts an entry can have. */
  public static final int MAX_FRAMES = 36 * 36 * 36;

  /** Reads {@link #toString}'s form; null for anything else. */
  public static @Nullable Cursor parse(String text) {
    if (text.length() != WIDTH
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
