package io.holdfast.fold;

import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Sorted;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shared objects of a channel: as they stand, and as the store has them. What a checkpoint
 * writes is the difference, so what is changed again and again is written once each time. They are
 * in memory as a whole or not at all.
 */
final class Shared {
  /** Roughly what an entry takes in memory beyond what it counts, as a multiple. */
  private static final int IN_MEMORY = 3;

  private @Nullable Pool now;
  private Pool stored = Pool.EMPTY;
  private Pool writing = Pool.EMPTY;
  private Upkeep upkeep = Upkeep.NONE;
  private Upkeep storedUpkeep = Upkeep.NONE;
  private Upkeep writingUpkeep = Upkeep.NONE;

  /** Bytes of operations since the store was up to date, and since what is being written. */
  private long unwritten;

  private long sinceWriting;

  boolean loaded() {
    return now != null;
  }

  void load(StoredObjects records) {
    if (now == null) {
      now = records.pool();
      upkeep = records.upkeep();
      stored = now;
      writing = now;
      storedUpkeep = upkeep;
      writingUpkeep = upkeep;
    }
  }

  /** Forgets them, if the store has them as they stand. */
  void drop() {
    if (!dirty()) {
      now = null;
      stored = Pool.EMPTY;
      writing = Pool.EMPTY;
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

  /** Operations were applied. */
  void operated(Pool after, Upkeep next, long bytes) {
    upkeep = next;
    now = after;
    unwritten += bytes;
    sinceWriting += bytes;
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

  @SuppressWarnings("ReferenceEquality") // a pool that did not change is the same one
  boolean dirty() {
    return now != null && (now != stored || !upkeep.equals(storedUpkeep));
  }

  /** Adds what the store lacks. */
  void write(List<Checkpoint.Write> writes) {
    if (now == null || !dirty()) {
      return;
    }
    now.objects().changesSince(stored.objects(), (id, was, is) -> write(writes, id, was, is));
    writes.add(new Checkpoint.Write(RecordKind.UPKEEP, "", upkeep.encode()));
    writing = now;
    writingUpkeep = upkeep;
    sinceWriting = 0;
  }

  private static void write(
      List<Checkpoint.Write> writes,
      String id,
      @Nullable SharedObject was,
      @Nullable SharedObject is) {
    byte[] head = is == null ? null : ObjectRecord.encode(is);
    writes.add(new Checkpoint.Write(RecordKind.OBJECT, id, head));
    entries(is)
        .changesSince(
            entries(was),
            (key, before, after) ->
                writes.add(
                    new Checkpoint.Write(
                        RecordKind.OBJECT_ENTRY,
                        ObjectRecord.key(id, key),
                        after == null ? null : ObjectRecord.encode(after))));
  }

  private static Sorted<MapEntry> entries(@Nullable SharedObject object) {
    return object instanceof MapObject map ? map.entries() : Sorted.empty();
  }

  /** What was to be written is. */
  void written() {
    if (now != null) {
      stored = writing;
      storedUpkeep = writingUpkeep;
      unwritten = sinceWriting;
    }
  }
}
