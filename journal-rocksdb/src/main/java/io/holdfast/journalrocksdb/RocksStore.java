package io.holdfast.journalrocksdb;

import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.Registry;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;

/** A data directory: one journal and one registry. */
public final class RocksStore implements AutoCloseable {
  private final Database database;
  private final Committer committer;
  private final Readers readers;
  private final Followings followings = new Followings();
  private final RocksJournal journal;
  private final RocksRegistry registry;
  private boolean closed;

  private RocksStore(Database database, Path directory, RocksOptions options)
      throws RocksDBException {
    this.database = database;
    committer = new Committer(database, options);
    readers = new Readers(options.fatal());
    journal =
        new RocksJournal(
            this,
            committer,
            readers,
            new Reads(database),
            followings,
            new FreeSpace(directory, options),
            options.clock(),
            database.generation());
    registry = new RocksRegistry(database, committer, readers);
  }

  /**
   * Opens a directory, making it if it is not there.
   *
   * @throws JournalException HELD, NEWER_FORMAT or UNREADABLE
   */
  public static RocksStore open(Path directory, RocksOptions options) {
    Database database = Database.open(directory, options.clock().getAsLong());
    RocksStore store;
    try {
      store = new RocksStore(database, directory, options);
    } catch (RocksDBException e) {
      database.close();
      throw new JournalException(
          Reason.UNREADABLE, "Cannot read the data directory " + directory + ": " + e, e);
    }
    store.committer.start();
    return store;
  }

  public Journal journal() {
    return journal;
  }

  public Registry registry() {
    return registry;
  }

  public RocksStats stats() {
    return committer.stats();
  }

  /** Takes no more writes, finishes those taken and the reads, and closes. Not for callbacks. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    committer.close();
    readers.close();
    followings.close();
    database.close();
  }
}
