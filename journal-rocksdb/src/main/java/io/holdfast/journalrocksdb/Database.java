package io.holdfast.journalrocksdb;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Statistics;
import org.rocksdb.Status;
import org.rocksdb.TickerType;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open RocksDB directory of ours: its column families, format and generation. */
final class Database implements AutoCloseable {
  static final long FORMAT = 1;
  static final byte[] POSITION = "position".getBytes(StandardCharsets.UTF_8);
  static final byte[] CHANNEL = "channel".getBytes(StandardCharsets.UTF_8);

  /** The newest position when a channel was last deleted. */
  static final byte[] DELETED = "deleted".getBytes(StandardCharsets.UTF_8);

  private static final byte[] FORMAT_KEY = "format".getBytes(StandardCharsets.UTF_8);
  private static final byte[] GENERATION = "generation".getBytes(StandardCharsets.UTF_8);
  private static final Logger log = LoggerFactory.getLogger(Database.class);

  private final Map<Family, ColumnFamilyHandle> families = new EnumMap<>(Family.class);

  /** Closed in the opposite order. */
  private final Deque<AutoCloseable> natives = new ArrayDeque<>();

  private final Path directory;
  private final Statistics statistics = new Statistics();
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private @Nullable RocksDB open;
  private boolean closed;
  private long generation;

  private Database(Path directory) {
    this.directory = directory;
    natives.push(statistics);
    natives.push(synced);
  }

  static Database open(Path directory, long now) {
    Database database = new Database(directory);
    try {
      Files.createDirectories(directory);
      database.openTolerating();
      database.checkFormat(now);
      return database;
    } catch (RocksDBException e) {
      database.close();
      throw refusal(directory, e);
    } catch (IOException e) {
      database.close();
      throw new JournalException(
          Reason.UNREADABLE, "Cannot open the data directory " + directory + ": " + e, e);
    } catch (JournalException e) {
      database.close();
      throw e;
    }
  }

  private static JournalException refusal(Path directory, RocksDBException e) {
    String message = String.valueOf(e.getMessage());
    boolean held = message.contains("lock file") || message.contains("lock hold");
    return held
        ? new JournalException(
            Reason.HELD,
            "The data directory %s is in use by another process; stop it or name another directory"
                .formatted(directory),
            e)
        : new JournalException(
            Reason.UNREADABLE,
            "Cannot open the data directory %s (%s); restore it from a backup or move it away"
                .formatted(directory, message),
            e);
  }

  private void openTolerating() throws RocksDBException, IOException {
    try {
      open(WALRecoveryMode.TolerateCorruptedTailRecords);
    } catch (RocksDBException e) {
      Status status = e.getStatus();
      boolean corrupt = status != null && status.getCode() == Status.Code.Corruption;
      if (!corrupt || !WriteAheadLog.isOnlyTorn(directory)) {
        throw e;
      }
      log.warn("The log's end is torn, as a power cut leaves it; dropping the unfinished write");
      open(WALRecoveryMode.PointInTimeRecovery);
    }
  }

  private void open(WALRecoveryMode recovery) throws RocksDBException {
    List<byte[]> names = storedFamilies();
    Settings settings = new Settings();
    natives.push(settings);
    DBOptions options = settings.database(statistics).setWalRecoveryMode(recovery);
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    RocksDB db =
        RocksDB.open(
            options,
            directory.toString(),
            names.stream()
                .map(name -> new ColumnFamilyDescriptor(name, settings.of(name)))
                .toList(),
            handles);
    natives.push(db);
    open = db;
    for (int i = 0; i < handles.size(); i++) {
      natives.push(handles.get(i));
      for (Family family : Family.values()) {
        if (Arrays.equals(family.stored(), names.get(i))) {
          families.put(family, handles.get(i));
        }
      }
    }
    refuseNewer();
    for (Family family : Family.values()) {
      if (!families.containsKey(family)) {
        ColumnFamilyOptions own = settings.of(family.stored());
        var handle = db.createColumnFamily(new ColumnFamilyDescriptor(family.stored(), own));
        natives.push(handle);
        families.put(family, handle);
      }
    }
  }

  /** Also those of a newer format: RocksDB opens only with all of them named. */
  private List<byte[]> storedFamilies() throws RocksDBException {
    if (!Files.exists(directory.resolve("CURRENT"))) {
      return List.of(Family.META.stored());
    }
    List<byte[]> names;
    try (Options options = new Options()) {
      names = RocksDB.listColumnFamilies(options, directory.toString());
    }
    if (names.isEmpty()) {
      throw new JournalException(
          Reason.UNREADABLE,
          "Nothing of ours can be read in %s; restore it from a backup or move it away"
              .formatted(directory));
    }
    return names;
  }

  /** Before anything is written to it. */
  private void refuseNewer() throws RocksDBException {
    long format = meta(FORMAT_KEY);
    if (format > FORMAT) {
      throw new JournalException(
          Reason.NEWER_FORMAT,
          "The data directory %s has format %d, this version reads up to %d; use a newer version"
              .formatted(directory, format, FORMAT));
    }
  }

  private void checkFormat(long now) throws RocksDBException {
    generation = meta(GENERATION);
    if (generation == 0) {
      generation = now;
      try (WriteBatch batch = new WriteBatch()) {
        batch.put(family(Family.META), GENERATION, Keys.number(now));
        batch.put(family(Family.META), FORMAT_KEY, Keys.number(FORMAT));
        write(batch);
      }
    }
  }

  long generation() {
    return generation;
  }

  long meta(byte[] name) throws RocksDBException {
    byte[] value = get(Family.META, name);
    return value == null ? 0 : Keys.number(value, 0);
  }

  private RocksDB rocks() {
    if (open == null) {
      throw new IllegalStateException("not open");
    }
    return open;
  }

  ColumnFamilyHandle family(Family family) {
    ColumnFamilyHandle handle = families.get(family);
    if (handle == null) {
      throw new IllegalStateException("no " + family);
    }
    return handle;
  }

  byte @Nullable [] get(Family family, byte[] key) throws RocksDBException {
    return rocks().get(family(family), key);
  }

  RocksIterator iterator(Family family) {
    return rocks().newIterator(family(family));
  }

  RocksIterator iterator(Family family, ReadOptions options) {
    return rocks().newIterator(family(family), options);
  }

  /** Returns when it is on the disk. */
  void write(WriteBatch batch) throws RocksDBException {
    rocks().write(synced, batch);
  }

  synchronized long logSyncs() {
    return closed ? 0 : statistics.getTickerCount(TickerType.WAL_FILE_SYNCED);
  }

  long diskBytes() {
    try (var files = Files.list(directory)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Only once nobody reads or writes any more. */
  @Override
  public synchronized void close() {
    closed = true;
    while (!natives.isEmpty()) {
      try {
        natives.pop().close();
      } catch (Exception e) {
        log.warn("Closing the database", e);
      }
    }
  }
}
