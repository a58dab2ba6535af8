package io.holdfast.server;

import io.holdfast.channels.Timers;
import io.holdfast.nodes.NodeTimers;
import java.time.Clock;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The system's time. One thread runs what is due, so tasks only hand over. What waits is bounded by
 * those who hand it in: a cancelled task is forgotten at once.
 */
final class SystemTimers implements Timers, AutoCloseable {
  private final Clock clock;
  private final ScheduledThreadPoolExecutor executor;

  SystemTimers(Clock clock) {
    this.clock = clock;
    executor =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("timers").factory());
    executor.setRemoveOnCancelPolicy(true);
  }

  @Override
  public long now() {
    return clock.millis();
  }

  @Override
  public Timer after(long ms, Runnable task) {
    ScheduledFuture<?> waiting = executor.schedule(task, ms, TimeUnit.MILLISECONDS);
    return () -> waiting.cancel(false);
  }

  /** The same time for the nodes. */
  NodeTimers forNodes() {
    return new NodeTimers() {
      @Override
      public long now() {
        return SystemTimers.this.now();
      }

      @Override
      public void after(long ms, Runnable task) {
        var _ = SystemTimers.this.after(ms, task);
      }
    };
  }

  @Override
  public void close() {
    var _ = executor.shutdownNow();
  }
}
