package io.holdfast.journalrocksdb;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. It gathers what waits into one synced write, then tells, in the order
 * the writes came. The next batch gathers while this one is synced.
 */
final class Committer {
  private static final int BATCH_WRITES = 4096;
  private static final int BATCH_BYTES = 4 << 20;
  private static final int WRITE_OVERHEAD = 128; // roughly, of a waiting write beside its bytes
  private static final Logger log = LoggerFactory.getLogger(Committer.class);

  private final Database database;
  private final Counters counters;
  private final long waitingMax;
  private final Runnable beforeSync;
  private final Consumer<Throwable> fatal;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "journal-commit");

  private record Waiting(Write write, int bytes) {}

  // Guarded by this.
  private final Queue<Waiting> queue = new ArrayDeque<>();
  private long waitingBytes;
  private boolean idle;
  private boolean closed;

  private final LongAdder commits = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder entries = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder manifests = new LongAdder();
  private final LongAdder trims = new LongAdder();

  Committer(Database database, RocksOptions options) throws RocksDBException {
    this.database = database;
    this.counters = new Counters(database);
    this.waitingMax = options.waitingMax();
    this.beforeSync = options.beforeSync();
    this.fatal = options.fatal();
  }

  void start() {
    thread.start();
  }

  /**
   * Takes a write, or fails the answer at once.
   *
   * @param bytes how much memory it holds while it waits
   */
  <T> CompletableFuture<T> take(CompletableFuture<T> answer, long bytes, Write write) {
    JournalException refusal = offer(write, (int) Math.min(Integer.MAX_VALUE, bytes));
    if (refusal != null) {
      answer.completeExceptionally(refusal);
    }
    return answer;
  }

  private synchronized @Nullable JournalException offer(Write write, int size) {
    if (closed) {
      return new JournalException(Reason.CLOSED, "The journal is closed; open it again");
    }
    if (waitingBytes + size > waitingMax) {
      return new JournalException(
          Reason.BUSY, waitingBytes + " bytes wait for the journal already; retry later");
    }
    queue.add(new Waiting(write, size));
    waitingBytes += size + WRITE_OVERHEAD;
    if (idle) {
      notifyAll();
    }
    return null;
  }

  private void run() {
    try {
      for (List<Waiting> batch = gather(); !batch.isEmpty(); batch = gather()) {
        tell(commit(batch));
        done(batch);
      }
      finished.countDown();
    } catch (RocksDBException | RuntimeException | Error e) {
      log.error("A write failed and its outcome is not known; nothing more is written", e);
      synchronized (this) {
        closed = true;
      }
      // First, because the handler may wait for a close of the store.
      finished.countDown();
      fatal.accept(e);
    }
  }

  /** Waits for writes; empty when there will be none. */
  private synchronized List<Waiting> gather() {
    while (queue.isEmpty() && !closed) {
      idle = true;
      try {
        wait();
      } catch (InterruptedException e) {
        log.warn("The committer was interrupted; it goes on");
      }
      idle = false;
    }
    List<Waiting> batch = new ArrayList<>(Math.min(queue.size(), BATCH_WRITES));
    long size = 0;
    while (!queue.isEmpty() && batch.size() < BATCH_WRITES && size < BATCH_BYTES) {
      Waiting next = queue.remove();
      batch.add(next);
      size += next.bytes();
    }
    return batch;
  }

  private List<Runnable> commit(List<Waiting> gathered) throws RocksDBException {
    List<Runnable> tellings = new ArrayList<>(gathered.size());
    try (Batch batch = new Batch(database, counters)) {
      for (Waiting waiting : gathered) {
        tellings.add(waiting.write().into(batch));
      }
      if (!batch.isEmpty()) {
        beforeSync.run();
        batch.commit();
        commits.increment();
        entries.add(batch.entries());
        bytes.add(batch.bytes());
        manifests.add(batch.manifestsWritten());
        trims.add(batch.trims());
      }
      writes.add(gathered.size());
    }
    return tellings;
  }

  private static void tell(List<Runnable> tellings) {
    for (Runnable telling : tellings) {
      try {
        telling.run();
      } catch (RuntimeException e) {
        log.error("A follower or a future's dependent failed", e);
      }
    }
  }

  private synchronized void done(List<Waiting> batch) {
    for (Waiting waiting : batch) {
      waitingBytes -= waiting.bytes() + WRITE_OVERHEAD;
    }
  }

  /** Takes no more, finishes what waits. */
  void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    Uninterruptibly.await(finished);
  }

  RocksStats stats() {
    long waiting;
    synchronized (this) {
      waiting = waitingBytes;
    }
    return new RocksStats(
        commits.sum(),
        writes.sum(),
        entries.sum(),
        bytes.sum(),
        manifests.sum(),
        trims.sum(),
        database.logSyncs(),
        waiting,
        database.diskBytes());
  }
}
