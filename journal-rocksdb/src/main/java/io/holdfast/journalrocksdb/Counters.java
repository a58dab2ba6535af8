package io.holdfast.journalrocksdb;

import io.holdfast.journal.ChannelId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.rocksdb.RocksDBException;

/** What the committer knows between its batches. */
final class Counters {
  private static final int CHANNELS_MAX = 16_384;

  /** Of all channels together, so that a deleted channel's are never used again. */
  long position;

  long channel;

  /** The numbers of channels written to lately, 0 for one that has none. */
  final Map<ChannelId, Long> channels =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ChannelId, Long> eldest) {
          return size() > CHANNELS_MAX;
        }
      };

  Counters(Database database) throws RocksDBException {
    position = database.meta(Database.POSITION);
    channel = database.meta(Database.CHANNEL);
  }
}
