package io.holdfast.journal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a {@link MemoryDisk} holds of one channel. Touched only by the engine's thread. */
final class MemoryChannel {
  /** By code points, which is the order of the UTF-8; {@code String}'s own order is not. */
  private static final Comparator<String> BY_UTF8 =
      (a, b) -> {
        int i = 0;
        while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
          i++;
        }
        if (i == a.length() || i == b.length()) {
          return Integer.compare(a.length(), b.length());
        }
        // A difference in the second half of a pair is one in the code point that began before it.
        boolean inPair = i > 0 && Character.isHighSurrogate(a.charAt(i - 1));
        int before = inPair ? Integer.compare(a.codePointAt(i - 1), b.codePointAt(i - 1)) : 0;
        return before != 0 ? before : Integer.compare(a.codePointAt(i), b.codePointAt(i));
      };

  private final NavigableMap<Long, StoredEntry> entries = new TreeMap<>();
  private final Map<Byte, NavigableMap<String, StoredRecord>> records = new HashMap<>();
  private Manifest manifest = Manifest.NONE;

  /** Where the deletion stands that is remembered, 0 when there is none. */
  private long deletedAt;

  boolean isEmpty() {
    return entries.isEmpty()
        && manifest.version() == 0
        && records.values().stream().allMatch(Map::isEmpty);
  }

  void append(StoredEntry entry) {
    entries.put(entry.position(), entry);
  }

  List<StoredEntry> after(long position) {
    return List.copyOf(entries.tailMap(position, false).values());
  }

  /**
   * What there is to be told to who was told so far.
   *
   * @param deletedAt where the deletion stands that is remembered, 0 for none; before the entries
   */
  record Missed(long deletedAt, List<StoredEntry> entries) {}

  Missed since(long position) {
    return new Missed(deletedAt, after(position));
  }

  List<StoredEntry> read(long from, Direction direction, int limit, int maxBytes) {
    Collection<StoredEntry> range =
        switch (direction) {
          case FORWARDS -> entries.tailMap(from, false).values();
          case BACKWARDS -> entries.headMap(from, false).descendingMap().values();
        };
    List<StoredEntry> read = new ArrayList<>();
    long bytes = 0;
    for (StoredEntry entry : range) {
      if (read.size() >= limit || (!read.isEmpty() && bytes >= maxBytes)) {
        break;
      }
      read.add(entry);
      bytes += entry.bytes().length;
    }
    return read;
  }

  long end() {
    return entries.isEmpty() ? deletedAt : entries.lastKey();
  }

  boolean hasEntryAfter(long position) {
    return !entries.isEmpty() && entries.lastKey() > position;
  }

  /** All goes but that it was deleted. */
  void delete(long position) {
    entries.clear();
    records.clear();
    manifest = Manifest.NONE;
    deletedAt = position;
  }

  void forgetDeletion() {
    deletedAt = 0;
  }

  void trim(long through) {
    entries.headMap(through, true).clear();
  }

  void put(List<StoredRecord> written) {
    for (StoredRecord record : written) {
      var family = records.computeIfAbsent(record.kind(), kind -> new TreeMap<>(BY_UTF8));
      if (record.bytes() == null) {
        family.remove(record.key());
      } else {
        family.put(record.key(), record);
      }
    }
  }

  byte @Nullable [] get(byte kind, String key) {
    var family = records.get(kind);
    StoredRecord record = family == null ? null : family.get(key);
    return record == null ? null : record.bytes();
  }

  List<StoredRecord> scan(
      byte kind,
      @Nullable String from,
      @Nullable String until,
      Direction direction,
      int limit,
      int maxBytes) {
    NavigableMap<String, StoredRecord> family = records.getOrDefault(kind, new TreeMap<>());
    NavigableMap<String, StoredRecord> range =
        direction == Direction.FORWARDS ? family : family.descendingMap();
    Comparator<? super String> order =
        direction == Direction.FORWARDS ? BY_UTF8 : BY_UTF8.reversed();
    if (from != null) {
      range = range.tailMap(from, true);
    }
    List<StoredRecord> read = new ArrayList<>();
    long bytes = 0;
    for (StoredRecord record : range.values()) {
      if (read.size() >= limit
          || (!read.isEmpty() && bytes >= maxBytes)
          || (until != null && order.compare(record.key(), until) > 0)) {
        break;
      }
      read.add(record);
      bytes += record.bytes() == null ? 0 : record.bytes().length;
    }
    return read;
  }

  Manifest manifest() {
    return manifest.version() == 0 && deletedAt > 0 ? Manifest.deleted(deletedAt) : manifest;
  }

  /** Writes over the version expected; tells whether it did. */
  boolean write(long expected, List<StoredRecord> written, byte[] bytes) {
    boolean same = manifest().version() == expected;
    if (same) {
      put(written);
      manifest = new Manifest(Manifest.after(expected), bytes);
    }
    return same;
  }
}
