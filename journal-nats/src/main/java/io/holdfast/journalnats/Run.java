package io.holdfast.journalnats;

import io.holdfast.journal.StoredRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Records in the order of their kinds and keys. Null bytes say that a record is deleted, for as
 * long as something older may still have it. Not changed once made.
 */
final class Run {
  static final Run EMPTY = new Run(new TreeMap<>());

  /** What a record costs beside its key and bytes. */
  private static final int OVERHEAD = 12;

  /**
   * Where a record is.
   *
   * @param kind 0 to 255
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by compareTo alone
  record Key(int kind, byte[] key) implements Comparable<Key> {
    static Key of(byte kind, String key) {
      return new Key(kind & 0xff, Names.utf8(key));
    }

    @Override
    public int compareTo(Key other) {
      int byKind = Integer.compare(kind, other.kind);
      return byKind != 0 ? byKind : Arrays.compareUnsigned(key, other.key);
    }

    /** The one right after it. */
    Key next() {
      return new Key(kind, Arrays.copyOf(key, key.length + 1));
    }
  }

  private final NavigableMap<Key, byte @Nullable []> records;
  private final int bytes;

  private Run(NavigableMap<Key, byte @Nullable []> records) {
    this.records = records;
    long size = 0;
    for (Map.Entry<Key, byte @Nullable []> record : records.entrySet()) {
      size += size(record);
    }
    this.bytes = Math.toIntExact(size);
  }

  private static int size(Map.Entry<Key, byte @Nullable []> record) {
    byte[] value = record.getValue();
    return OVERHEAD + record.getKey().key.length + (value == null ? 0 : value.length);
  }

  static Run of(Collection<StoredRecord> written) {
    NavigableMap<Key, byte @Nullable []> records = new TreeMap<>();
    written.forEach(record -> records.put(Key.of(record.kind(), record.key()), record.bytes()));
    return new Run(records);
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  /** About what it takes when it is stored. */
  int bytes() {
    return bytes;
  }

  int count() {
    return records.size();
  }

  Key first() {
    return records.firstKey();
  }

  Key last() {
    return records.lastKey();
  }

  boolean names(Key key) {
    return records.containsKey(key);
  }

  byte @Nullable [] get(Key key) {
    return records.get(key);
  }

  NavigableMap<Key, byte @Nullable []> records() {
    return records;
  }

  /** These, and of the older ones those that are not named here. */
  Run over(Run older) {
    if (older.isEmpty()) {
      return this;
    }
    NavigableMap<Key, byte @Nullable []> merged = new TreeMap<>(older.records);
    merged.putAll(records);
    return new Run(merged);
  }

  /** Only what is there: for where nothing older is. */
  Run withoutDeletions() {
    NavigableMap<Key, byte @Nullable []> kept = new TreeMap<>();
    records.forEach(
        (key, value) -> {
          if (value != null) {
            kept.put(key, value);
          }
        });
    return kept.size() == records.size() ? this : new Run(kept);
  }

  /** Those before a key, or all for null. */
  Run before(@Nullable Key end) {
    return end == null ? this : new Run(new TreeMap<>(records.headMap(end, false)));
  }

  Run from(Key start) {
    return new Run(new TreeMap<>(records.tailMap(start, true)));
  }

  /** Cuts it into runs of about so many bytes; a record alone may be larger. */
  List<Run> cut(int size) {
    List<Run> cut = new ArrayList<>();
    NavigableMap<Key, byte @Nullable []> part = new TreeMap<>();
    int taken = 0;
    for (Map.Entry<Key, byte @Nullable []> record : records.entrySet()) {
      int next = size(record);
      if (taken > 0 && taken + next > size) {
        cut.add(new Run(part));
        part = new TreeMap<>();
        taken = 0;
      }
      part.put(record.getKey(), record.getValue());
      taken += next;
    }
    if (!part.isEmpty()) {
      cut.add(new Run(part));
    }
    return cut;
  }

  void encode(Bytes.Out out) {
    out.number(records.size());
    records.forEach(
        (key, value) -> {
          out.u8(key.kind).bytes(key.key).u8(value == null ? 0 : 1);
          if (value != null) {
            out.bytes(value);
          }
        });
  }

  static Run decode(Bytes.In in) {
    NavigableMap<Key, byte @Nullable []> records = new TreeMap<>();
    for (int i = in.count(); i > 0; i--) {
      Key key = new Key(in.u8(), in.bytes());
      records.put(key, in.u8() == 0 ? null : in.bytes());
    }
    return new Run(records);
  }
}
