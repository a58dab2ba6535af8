package io.holdfast.objects;

import org.jspecify.annotations.Nullable;

/**
 * What a map holds under a key (OME2).
 *
 * @param value null exactly if it was removed
 * @param serial of the operation that wrote it; null for what came with the map's creation, which
 *     is older than any operation
 * @param removedAt when it was removed, ms; 0 for an entry that was not
 */
public record MapEntry(
    @Nullable Value value, @Nullable String serial, boolean removed, long removedAt) {
  public MapEntry {
    if (removed != (value == null)) {
      throw new IllegalArgumentException("an entry has a value or is removed");
    }
  }

  public static MapEntry of(Value value, @Nullable String serial) {
    return new MapEntry(value, serial, false, 0);
  }

  public static MapEntry removed(@Nullable String serial, long time) {
    return new MapEntry(null, serial, true, time);
  }

  /** Whether something written with a serial takes this one's place (RTLM9): the later wins. */
  boolean yieldsTo(@Nullable String later) {
    return later != null && (serial == null || later.compareTo(serial) > 0);
  }

  /** Whether it refers to another object. */
  boolean refers() {
    return value instanceof Value.Reference;
  }
}
