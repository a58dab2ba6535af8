package io.holdfast.objects;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Entries by key, of which the last written wins.
 *
 * @param entries those removed included, until they are old enough to be forgotten
 * @param clearSerial nothing written up to it is there any more; null if it was never cleared
 * @param held what the entries take, bytes
 * @param removed how many of them are removed
 * @param references how many of them refer to other objects
 */
public record MapObject(
    Head head,
    Sorted<MapEntry> entries,
    @Nullable String clearSerial,
    long held,
    int removed,
    int references)
    implements SharedObject {
  /** What an entry takes beside its key and value, bytes: most of it is its serial. */
  public static final int ENTRY_OVERHEAD = 64;

  /** A map of these entries. */
  public static MapObject of(Head head, Sorted<MapEntry> entries, @Nullable String clearSerial) {
    Tally tally = new Tally();
    entries.forEach(tally::add);
    return new MapObject(head, entries, clearSerial, tally.held, tally.removed, tally.references);
  }

  private static final class Tally {
    private long held;
    private int removed;
    private int references;

    void add(String key, MapEntry entry) {
      held += cost(key, entry);
      removed += entry.removed() ? 1 : 0;
      references += entry.refers() ? 1 : 0;
    }
  }

  private static long cost(String key, MapEntry entry) {
    Value value = entry.value();
    return (long) ENTRY_OVERHEAD + Utf8.length(key) + (value == null ? 0 : value.size());
  }

  @Override
  public long size() {
    return OVERHEAD + Utf8.length(id()) + held;
  }

  /** The value of a key; null if it has none. */
  public @Nullable Value get(String key) {
    MapEntry entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  @Override
  public MapObject with(Head other) {
    return new MapObject(other, entries, clearSerial, held, removed, references);
  }

  @Override
  public MapObject apply(Operation operation, Stamp stamp) {
    Head heard = head.heard(stamp);
    if (operation instanceof Operation.ObjectDelete) {
      return MapObject.of(heard.gone(stamp.time()), Sorted.empty(), null);
    }
    MapObject map = with(heard);
    if (head.deleted()) {
      return map;
    }
    return switch (operation) {
      case Operation.MapCreate create ->
          head.created() ? map : map.merged(create.entries()).with(heard.merged());
      case Operation.MapSet set -> map.written(set.key(), MapEntry.of(set.value(), stamp.serial()));
      case Operation.MapRemove remove ->
          map.written(remove.key(), MapEntry.removed(stamp.serial(), stamp.time()));
      case Operation.MapClear clear -> map.cleared(stamp.serial());
      case Operation.CounterCreate c -> map;
      case Operation.CounterInc c -> map;
      case Operation.ObjectDelete d -> map;
      case Operation.Unknown u -> map;
    };
  }

  /**
   * The same with what it was created with. Each entry counts by its own serial, so what was
   * written before the creation came stays.
   */
  public MapObject merged(Map<String, MapEntry> created) {
    MapObject map = this;
    for (Map.Entry<String, MapEntry> entry : created.entrySet()) {
      map = map.written(entry.getKey(), entry.getValue());
    }
    return map;
  }

  private MapObject written(String key, MapEntry entry) {
    String serial = entry.serial();
    if (clearSerial != null && (serial == null || clearSerial.compareTo(serial) >= 0)) {
      return this;
    }
    MapEntry before = entries.get(key);
    return before != null && !before.yieldsTo(serial) ? this : put(key, before, entry);
  }

  private MapObject put(String key, @Nullable MapEntry before, @Nullable MapEntry after) {
    return new MapObject(
        head,
        after == null ? entries.remove(key) : entries.put(key, after),
        clearSerial,
        held + (after == null ? 0 : cost(key, after)) - (before == null ? 0 : cost(key, before)),
        removed
            + count(after != null && after.removed())
            - count(before != null && before.removed()),
        references
            + count(after != null && after.refers())
            - count(before != null && before.refers()));
  }

  private static int count(boolean one) {
    return one ? 1 : 0;
  }

  /** Entries written since stay: by operations that were numbered later and heard earlier. */
  private MapObject cleared(String serial) {
    if (clearSerial != null && clearSerial.compareTo(serial) >= 0) {
      return this;
    }
    Kept kept = new Kept();
    entries.forEach(
        (key, entry) -> {
          if (entry.yieldsTo(serial)) {
            kept.dropped = true;
          } else {
            kept.entries = kept.entries.put(key, entry);
          }
        });
    return MapObject.of(head, kept.dropped ? kept.entries : entries, serial);
  }

  private static final class Kept {
    private Sorted<MapEntry> entries = Sorted.empty();
    private boolean dropped;
  }

  /** The same without entries that were removed at or before a time. */
  MapObject without(long removedBefore) {
    if (removed == 0) {
      return this;
    }
    MapObject[] map = {this};
    entries.forEach(
        (key, entry) -> {
          if (entry.removed() && entry.removedAt() <= removedBefore) {
            map[0] = map[0].put(key, entry, null);
          }
        });
    return map[0];
  }
}
