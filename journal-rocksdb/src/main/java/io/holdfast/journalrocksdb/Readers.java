package io.holdfast.journalrocksdb;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that read, so that the committer never waits for a read. */
final class Readers {
  private static final int THREADS = 2;
  private static final int WAITING_MAX = 65_536;

  private static final Logger log = LoggerFactory.getLogger(Readers.class);

  private final Consumer<Throwable> fatal;
  private final AtomicInteger waiting = new AtomicInteger();
  private final CountDownLatch finished = new CountDownLatch(1);

  /** Unbounded in itself: reads are counted, and each following has one task at the most. */
  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> new Thread(task, "journal-read")) {
        @Override
        protected void terminated() {
          finished.countDown();
        }
      };

  /**
   * The threads.
   *
   * @param fatal told what no caller can be told: who waits would wait for ever
   */
  Readers(Consumer<Throwable> fatal) {
    this.fatal = fatal;
  }

  <T extends @Nullable Object> CompletableFuture<T> read(Callable<T> reading) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (waiting.incrementAndGet() > WAITING_MAX) {
      waiting.decrementAndGet();
      answer.completeExceptionally(
          new JournalException(Reason.BUSY, "Too many reads wait already; retry later"));
      return answer;
    }
    try {
      pool.execute(guarded(() -> answer(answer, reading)));
    } catch (RejectedExecutionException e) {
      waiting.decrementAndGet();
      answer.completeExceptionally(
          new JournalException(Reason.CLOSED, "The journal is closed; open it again"));
    }
    return answer;
  }

  private <T extends @Nullable Object> void answer(
      CompletableFuture<T> answer, Callable<T> reading) {
    waiting.decrementAndGet();
    T read;
    try {
      read = reading.call();
    } catch (Exception e) {
      answer.completeExceptionally(failure(e));
      return;
    }
    answer.complete(read);
  }

  static JournalException failure(Exception e) {
    String what =
        e instanceof RocksDBException ? "The journal cannot be read: " : "A read failed: ";
    return new JournalException(Reason.UNKNOWN, what + e.getMessage(), e);
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (Error e) {
        log.error("A read failed in a way that cannot be told to who waits for it", e);
        fatal.accept(e);
      }
    };
  }

  /** Tells whether it will run. */
  boolean run(Runnable task) {
    try {
      pool.execute(guarded(task));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Finishes the reads taken. */
  void close() {
    pool.shutdown();
    Uninterruptibly.await(finished);
  }
}
