package io.holdfast.journalrocksdb;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Manifest;
import io.holdfast.journal.StoredEntry;
import io.holdfast.journal.StoredRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** What is read of channels. On the readers' threads. */
final class Reads {
  private final Database database;

  Reads(Database database) {
    this.database = database;
  }

  /** The channel's number, 0 if it has none. */
  private long number(ChannelId channel) throws RocksDBException {
    byte[] stored = database.get(Family.CHANNELS, Keys.channel(channel));
    return stored == null ? 0 : Keys.number(stored, 0);
  }

  List<StoredEntry> entries(
      ChannelId channel, long from, Direction direction, int limit, int maxBytes)
      throws RocksDBException {
    long number = number(channel);
    List<StoredEntry> read = new ArrayList<>();
    boolean none = direction == Direction.FORWARDS ? from == Long.MAX_VALUE : from <= 0;
    if (number == 0 || none) {
      return read;
    }
    byte[] lower =
        direction == Direction.FORWARDS
            ? Keys.entry(number, Math.max(from, 0) + 1)
            : Keys.number(number);
    byte[] upper =
        direction == Direction.FORWARDS ? Keys.number(number + 1) : Keys.entry(number, from);
    try (Range range = new Range(database, Family.ENTRIES, lower, upper, direction)) {
      long bytes = 0;
      while (range.next() && read.size() < limit && (read.isEmpty() || bytes < maxBytes)) {
        byte[] value = range.value();
        byte[] entry = Keys.afterNumber(value);
        read.add(new StoredEntry(Keys.number(range.key(), 8), Keys.number(value, 0), entry));
        bytes += entry.length;
      }
    }
    return read;
  }

  long end(ChannelId channel) throws RocksDBException {
    long number = number(channel);
    return number == 0 ? 0 : end(database, number);
  }

  /** The position of the newest entry under a channel's number, 0 when there is none. */
  static long end(Database database, long number) throws RocksDBException {
    byte[] lower = Keys.number(number);
    byte[] upper = Keys.number(number + 1);
    try (Range last = new Range(database, Family.ENTRIES, lower, upper, Direction.BACKWARDS)) {
      return last.next() ? Keys.number(last.key(), 8) : 0;
    }
  }

  byte @Nullable [] record(ChannelId channel, byte kind, String key) throws RocksDBException {
    long number = number(channel);
    return number == 0 ? null : database.get(Family.RECORDS, Keys.record(number, kind, key));
  }

  List<StoredRecord> records(
      ChannelId channel,
      byte kind,
      @Nullable String from,
      @Nullable String until,
      Direction direction,
      int limit,
      int maxBytes)
      throws RocksDBException {
    long number = number(channel);
    List<StoredRecord> read = new ArrayList<>();
    if (number == 0) {
      return read;
    }
    String first = direction == Direction.FORWARDS ? from : until;
    String last = direction == Direction.FORWARDS ? until : from;
    byte[] family = Keys.family(number, kind);
    byte[] lower = first == null ? family : Keys.record(number, kind, first);
    byte[] upper =
        last == null ? Keys.afterPrefix(family) : Keys.next(Keys.record(number, kind, last));
    if (Arrays.compareUnsigned(lower, upper) >= 0) {
      return read;
    }
    try (Range range = new Range(database, Family.RECORDS, lower, upper, direction)) {
      long bytes = 0;
      while (range.next() && read.size() < limit && (read.isEmpty() || bytes < maxBytes)) {
        byte[] value = range.value();
        read.add(new StoredRecord(kind, Keys.recordKey(range.key()), value));
        bytes += value.length;
      }
    }
    return read;
  }

  long deletedThrough() throws RocksDBException {
    return database.meta(Database.DELETED);
  }

  Manifest manifest(ChannelId channel) throws RocksDBException {
    long number = number(channel);
    byte[] stored = number == 0 ? null : database.get(Family.MANIFESTS, Keys.number(number));
    return stored == null
        ? Manifest.NONE
        : new Manifest(Keys.number(stored, 0), Keys.afterNumber(stored));
  }

  List<ChannelId> channels(@Nullable ChannelId after, int limit) throws RocksDBException {
    List<ChannelId> found = new ArrayList<>();
    byte[] lower = after == null ? new byte[0] : Keys.next(Keys.channel(after));
    try (Range names = new Range(database, Family.CHANNELS, lower, null, Direction.FORWARDS);
        RocksIterator entries = database.iterator(Family.ENTRIES);
        RocksIterator records = database.iterator(Family.RECORDS)) {
      while (found.size() < limit && names.next()) {
        byte[] number = names.value();
        if (holds(entries, number)
            || holds(records, number)
            || database.get(Family.MANIFESTS, number) != null) {
          found.add(Keys.channel(names.key()));
        }
      }
    }
    return found;
  }

  private static boolean holds(RocksIterator data, byte[] number) throws RocksDBException {
    data.seek(number);
    data.status();
    return data.isValid() && Arrays.equals(data.key(), 0, 8, number, 0, 8);
  }
}
