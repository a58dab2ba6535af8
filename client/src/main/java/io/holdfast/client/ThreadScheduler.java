package io.holdfast.client;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The scheduler of a client that was given none: one thread, which ends with the client. */
final class ThreadScheduler implements Scheduler, AutoCloseable {
  private final ScheduledThreadPoolExecutor pool;

  ThreadScheduler() {
    pool =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("holdfast-client-timer").factory());
    pool.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    try {
      ScheduledFuture<?> future = pool.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      // The client is closed, and nothing waits for its timers.
      return () -> {};
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
