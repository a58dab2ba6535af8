package io.holdfast.fold;

import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Sorted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shared objects of a channel as they stand, and what of them the store may not have. A
 * checkpoint writes that as it is then, so what is changed again and again is written once each
 * time, and it does not matter which node wrote what came before. They are in memory as a whole or
 * not at all.
 */
final class Shared {
  /** Roughly what an entry takes in memory beyond what it counts, as a multiple. */
  private static final int IN_MEMORY = 3;

  private @Nullable Pool now;
  private Upkeep upkeep = Upkeep.NONE;
  private Upkeep storedUpkeep = Upkeep.NONE;

  /** Objects, and entries of maps, that the store may not have, and the position that says why. */
  private final Map<String, Long> objects = new LinkedHashMap<>();

  private final Map<EntryName, Long> entries = new LinkedHashMap<>();

  /** Bytes of operations since the store was up to date, and since the last checkpoint began. */
  private long unwritten;

  private long sinceCheckpoint;

  /** The position of the last entry that was about them. */
  private long operatedAt;

  private record EntryName(String object, String key) {}

  boolean loaded() {
    return now != null;
  }

  void load(StoredObjects records) {
    if (now == null) {
      now = records.pool();
      upkeep = records.upkeep();
      storedUpkeep = upkeep;
    }
  }

  /** Forgets them, if the store has them as they stand. */
  void drop() {
    if (!dirty()) {
      now = null;
    }
  }

  Pool pool() {
    if (now == null) {
      throw new IllegalStateException("the channel's objects are not in memory");
    }
    return now;
  }

  Upkeep upkeep() {
    return upkeep;
  }

  /** Operations were applied that an entry has brought. */
  void operated(Pool after, Upkeep next, long bytes, long position) {
    after
        .objects()
        .changesSince(
            pool().objects(),
            (id, was, is) -> {
              objects.put(id, position);
              entries(is)
                  .changesSince(
                      entries(was),
                      (key, before, then) -> entries.put(new EntryName(id, key), position));
            });
    upkeep = next;
    operatedAt = position;
    now = after;
    unwritten += bytes;
    sinceCheckpoint += bytes;
  }

  /** A look for garbage has found none: when there will be some, ms, or 0 for never. */
  void swept(long next) {
    upkeep = new Upkeep(upkeep.usedAt(), next);
  }

  /** Roughly what a checkpoint would write, bytes; what was changed twice counts twice. */
  long unwritten() {
    return unwritten;
  }

  long weight() {
    return now == null ? 0 : IN_MEMORY * now.size() + unwritten;
  }

  boolean dirty() {
    return now != null && !(objects.isEmpty() && upkeep.equals(storedUpkeep));
  }

  /** Adds what the store may lack. */
  void write(List<Checkpoint.Write> writes) {
    if (!dirty()) {
      return;
    }
    for (String id : objects.keySet()) {
      SharedObject object = pool().get(id);
      byte[] head = object == null ? null : ObjectRecord.encode(object);
      writes.add(new Checkpoint.Write(RecordKind.OBJECT, id, head));
    }
    for (EntryName name : entries.keySet()) {
      MapEntry entry = entries(pool().get(name.object)).get(name.key);
      byte[] bytes = entry == null ? null : ObjectRecord.encode(entry);
      String key = ObjectRecord.key(name.object, name.key);
      writes.add(new Checkpoint.Write(RecordKind.OBJECT_ENTRY, key, bytes));
    }
    writes.add(new Checkpoint.Write(RecordKind.UPKEEP, "", upkeep.encode()));
    sinceCheckpoint = 0;
  }

  private static Sorted<MapEntry> entries(@Nullable SharedObject object) {
    return object instanceof MapObject map ? map.entries() : Sorted.empty();
  }

  /** The store has all that came up to a position, whoever wrote it. */
  void written(long through) {
    objects.values().removeIf(position -> position <= through);
    entries.values().removeIf(position -> position <= through);
    if (operatedAt <= through) {
      storedUpkeep = upkeep;
      unwritten = 0;
    } else {
      unwritten = Math.min(unwritten, sinceCheckpoint);
    }
  }
}
