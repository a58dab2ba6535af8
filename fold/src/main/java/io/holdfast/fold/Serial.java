package io.holdfast.fold;

import org.jspecify.annotations.Nullable;

/**
 * Names one item (a message, a version, a presence event) by where it stands in the log. Sorts as a
 * string in log order; opaque to clients.
 *
 * @param index the item within its client frame
 */
public record Serial(Cursor cursor, int index) {
  private static final int INDEX_WIDTH = 3;

  /** The most items one client frame can have. */
  public static final int MAX_ITEMS = 36 * 36 * 36;

  /** Reads {@link #toString}'s form; null for anything else. */
  public static @Nullable Serial parse(String text) {
    if (text.length() != Cursor.WIDTH + 1 + INDEX_WIDTH || text.charAt(Cursor.WIDTH) != ':') {
      return null;
    }
    Cursor cursor = Cursor.parse(text.substring(0, Cursor.WIDTH));
    long index = Base36.parse(text, Cursor.WIDTH + 1, INDEX_WIDTH);
    return cursor == null || index < 0 ? null : new Serial(cursor, (int) index);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(Cursor.WIDTH + 4).append(cursor).append(':');
    Base36.append(text, index, INDEX_WIDTH);
    return text.toString();
  }
}
