package io.holdfast.journalrocksdb;

import io.holdfast.journal.ChannelId;
import java.util.HashMap;
import java.util.Map;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * What one synced write will hold. Writes in it see those before them in it. The committer's
 * thread's own.
 */
final class Batch implements AutoCloseable {
  private final Database database;
  private final Counters counters;
  private final WriteBatch batch = new WriteBatch();
  private final Map<ChannelId, Long> channels = new HashMap<>();
  private final Map<Long, Long> manifests = new HashMap<>();

  /** The newest entries of channels that have any in the batch. */
  private final Map<Long, Long> ends = new HashMap<>();

  private final Map<String, Long> items = new HashMap<>();
  private final long positionBefore;
  private final long channelBefore;
  private long entries;
  private long bytes;
  private long manifestsWritten;
  private long trims;

  Batch(Database database, Counters counters) {
    this.database = database;
    this.counters = counters;
    this.positionBefore = counters.position;
    this.channelBefore = counters.channel;
  }

  long nextPosition() {
    return ++counters.position;
  }

  /** The channel's number, a new one if it has none. */
  long allocated(ChannelId channel) throws RocksDBException {
    long number = number(channel);
    if (number == 0) {
      number = ++counters.channel;
      channels.put(channel, number);
      put(Family.CHANNELS, Keys.channel(channel), Keys.number(number));
    }
    return number;
  }

  /** The channel's number, 0 if it has none. */
  long number(ChannelId channel) throws RocksDBException {
    Long number = channels.get(channel);
    if (number == null) {
      number = counters.channels.get(channel);
    }
    if (number == null) {
      byte[] stored = database.get(Family.CHANNELS, Keys.channel(channel));
      number = stored == null ? 0 : Keys.number(stored, 0);
      channels.put(channel, number);
    }
    return number;
  }

  /**
   * All of a channel goes; tells the position that this takes. The number is never used again, so
   * whoever still reads under it finds nothing.
   */
  long deleteChannel(ChannelId channel, long number) throws RocksDBException {
    deleteRange(Family.ENTRIES, Keys.number(number), Keys.number(number + 1));
    deleteRange(Family.RECORDS, Keys.number(number), Keys.number(number + 1));
    delete(Family.MANIFESTS, Keys.number(number));
    channels.put(channel, 0L);
    delete(Family.CHANNELS, Keys.channel(channel));
    long position = nextPosition();
    put(Family.META, Database.DELETED, Keys.number(position));
    return position;
  }

  /** The position of the channel's newest entry, which may be in the batch; 0 when it has none. */
  long end(long channel) throws RocksDBException {
    Long end = ends.get(channel);
    return end != null ? end : Reads.end(database, channel);
  }

  void entry(long channel, long position, long time, byte[] entry) throws RocksDBException {
    put(Family.ENTRIES, Keys.entry(channel, position), Keys.numbered(time, entry));
    ends.put(channel, position);
    entries++;
    bytes += entry.length;
  }

  long manifestVersion(long channel) throws RocksDBException {
    Long version = manifests.get(channel);
    return version != null ? version : version(Family.MANIFESTS, Keys.number(channel));
  }

  void manifest(long channel, long version, byte[] manifest) throws RocksDBException {
    manifests.put(channel, version);
    manifestsWritten++;
    put(Family.MANIFESTS, Keys.number(channel), Keys.numbered(version, manifest));
  }

  long itemVersion(byte[] key) throws RocksDBException {
    Long version = items.get(hashable(key));
    return version != null ? version : version(Family.REGISTRY, key);
  }

  void item(byte[] key, long version, byte[] item) throws RocksDBException {
    items.put(hashable(key), version);
    put(Family.REGISTRY, key, Keys.numbered(version, item));
  }

  void deleteItem(byte[] key) throws RocksDBException {
    items.put(hashable(key), 0L);
    delete(Family.REGISTRY, key);
  }

  private static String hashable(byte[] key) {
    return new String(key, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private long version(Family family, byte[] key) throws RocksDBException {
    byte[] stored = database.get(family, key);
    return stored == null ? 0 : Keys.number(stored, 0);
  }

  void put(Family family, byte[] key, byte[] value) throws RocksDBException {
    batch.put(database.family(family), key, value);
  }

  void delete(Family family, byte[] key) throws RocksDBException {
    batch.delete(database.family(family), key);
  }

  void deleteRange(Family family, byte[] from, byte[] until) throws RocksDBException {
    batch.deleteRange(database.family(family), from, until);
  }

  /** Entries of a channel up to a place go. */
  void trim(long channel, long through) throws RocksDBException {
    byte[] until =
        through == Long.MAX_VALUE ? Keys.number(channel + 1) : Keys.entry(channel, through + 1);
    deleteRange(Family.ENTRIES, Keys.number(channel), until);
    trims++;
  }

  boolean isEmpty() {
    return batch.count() == 0;
  }

  long entries() {
    return entries;
  }

  long bytes() {
    return bytes;
  }

  long manifestsWritten() {
    return manifestsWritten;
  }

  long trims() {
    return trims;
  }

  /** Returns when it is on the disk. */
  void commit() throws RocksDBException {
    if (counters.position != positionBefore) {
      put(Family.META, Database.POSITION, Keys.number(counters.position));
    }
    if (counters.channel != channelBefore) {
      put(Family.META, Database.CHANNEL, Keys.number(counters.channel));
    }
    database.write(batch);
    counters.channels.putAll(channels);
  }

  @Override
  public void close() {
    batch.close();
  }
}
