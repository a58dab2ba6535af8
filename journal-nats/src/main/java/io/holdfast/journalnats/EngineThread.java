package io.holdfast.journalnats;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that touches the state of this module. Tasks run in the order they were handed
 * over; what they hand over in turn is bounded by the writes and reads that were let in.
 */
final class EngineThread implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EngineThread.class);

  private final ScheduledThreadPoolExecutor executor;

  EngineThread() {
    executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("journal-nats").factory());
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setRemoveOnCancelPolicy(true);
  }

  /** Runs a task soon; one that comes after the end is dropped. */
  void run(Runnable task) {
    after(0, task);
  }

  void after(long ms, Runnable task) {
    try {
      var _ = executor.schedule(() -> guarded(task), ms, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("the engine has ended, so a task of it was dropped", e);
    }
  }

  void every(long ms, Runnable task) {
    var _ = executor.scheduleWithFixedDelay(() -> guarded(task), ms, ms, TimeUnit.MILLISECONDS);
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("a task of the engine failed", e);
    }
  }

  /** Milliseconds of a clock that only goes forwards. */
  long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
