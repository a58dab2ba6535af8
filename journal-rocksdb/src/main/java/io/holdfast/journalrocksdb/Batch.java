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
  private final Map<String, Long> items = new HashMap<>();
  private final long positionBefore;
  private final long channelBefore;
  private long entries;
  private long bytes;

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

  /** The number is never used again, so whoever still reads under it finds nothing. */
  void forget(ChannelId channel) throws RocksDBException {
    channels.put(channel, 0L);
    delete(Family.CHANNELS, Keys.channel(channel));
    put(Family.META, Database.DELETED, Keys.number(counters.position));
  }

  void entry(long channel, long position, long time, byte[] entry) throws RocksDBException {
    put(Family.ENTRIES, Keys.entry(channel, position), Keys.numbered(time, entry));
    entries++;
    bytes += entry.length;
  }

  long manifestVersion(long channel) throws RocksDBException {
    Long version = manifests.get(channel);
    return version != null ? version : version(Family.MANIFESTS, Keys.number(channel));
  }

  void manifest(long channel, long version, byte[] manifest) throws RocksDBException {
    manifests.put(channel, version);
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

  boolean isEmpty() {
    return batch.count() == 0;
  }

  long entries() {
    return entries;
  }

  long bytes() {
    return bytes;
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
