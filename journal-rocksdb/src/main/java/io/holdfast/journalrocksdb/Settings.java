package io.holdfast.journalrocksdb;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Statistics;
import org.rocksdb.StatsLevel;

/** How RocksDB is tuned: about 64 MiB of cache and 96 MiB of unflushed writes at the most. */
final class Settings implements AutoCloseable {
  private static final long CACHE = 64L << 20;
  private static final long UNFLUSHED = 96L << 20;

  private final Deque<AbstractNativeReference> natives = new ArrayDeque<>();
  private final Cache cache = keep(new LRUCache(CACHE));
  private final BloomFilter bloom = keep(new BloomFilter(10));

  DBOptions database(Statistics statistics) {
    statistics.setStatsLevel(StatsLevel.EXCEPT_DETAILED_TIMERS);
    return keep(new DBOptions())
        .setCreateIfMissing(true)
        .setStatistics(statistics)
        .setMaxBackgroundJobs(2)
        .setMaxOpenFiles(512)
        .setDbWriteBufferSize(UNFLUSHED)
        // A restart after a kill replays at most this much.
        .setMaxTotalWalSize(128L << 20)
        .setKeepLogFileNum(2)
        .setMaxLogFileSize(1 << 20)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL);
  }

  ColumnFamilyOptions of(byte[] family) {
    boolean entries = Arrays.equals(family, Family.ENTRIES.stored());
    return keep(new ColumnFamilyOptions())
        .setWriteBufferSize(entries ? 32L << 20 : 16L << 20)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setTableFormatConfig(
            new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setBlockSize(16 << 10)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true)
                .setFilterPolicy(bloom));
  }

  private <T extends AbstractNativeReference> T keep(T opened) {
    natives.push(opened);
    return opened;
  }

  @Override
  public void close() {
    while (!natives.isEmpty()) {
      natives.pop().close();
    }
  }
}
