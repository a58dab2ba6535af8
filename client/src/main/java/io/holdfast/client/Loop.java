package io.holdfast.client;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a client's work one task at a time, in the order it is handed in: whatever is only touched
 * here needs no lock. Work comes from callers, timers and transports; what transports may hand in
 * at once is bounded by their windows, and what callers publish by the {@link Outbox}.
 */
final class Loop implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  /** After so many tasks the thread is given up, so that a pool serves others too. */
  private static final int TURN_MAX = 1024;

  private final Executor carrier;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean();

  Loop(Executor carrier) {
    this.carrier = carrier;
  }

  /** Runs the task, unless the client is closed and its threads have ended. */
  @Override
  public void execute(Runnable task) {
    taken(task);
  }

  /** As {@link #execute}; false when the task will not run. */
  boolean taken(Runnable task) {
    tasks.add(task);
    return wake();
  }

  private boolean wake() {
    if (running.compareAndSet(false, true)) {
      try {
        carrier.execute(this::turn);
      } catch (RejectedExecutionException e) {
        tasks.clear();
        running.set(false);
        return false;
      }
    }
    return true;
  }

  private void turn() {
    try {
      Runnable task = tasks.poll();
      for (int done = 1; task != null; done++) {
        run(task);
        task = done == TURN_MAX ? null : tasks.poll();
      }
    } finally {
      running.set(false);
      if (!tasks.isEmpty()) {
        wake();
      }
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOG.error("A task of a client failed; this is a bug in the client", e);
    }
  }
}
