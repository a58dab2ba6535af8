package io.holdfast.sessions;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs application code in order, one piece at a time, off the thread that delivers messages. At
 * most 10,000 pieces wait; beyond, the oldest is dropped, which only a listener that blocks for
 * good can bring about.
 */
final class Dispatcher {
  private static final int WAITING_MAX = 10_000;

  private final Executor executor;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean running;
  private long dropped;

  Dispatcher(Executor executor) {
    this.executor = executor;
  }

  void post(Runnable task) {
    synchronized (waiting) {
      if (waiting.size() >= WAITING_MAX) {
        waiting.removeFirst();
        dropped++;
      }
      waiting.addLast(task);
      if (running) {
        return;
      }
      running = true;
    }
    executor.execute(this::drain);
  }

  private void drain() {
    for (Runnable task = next(); task != null; task = next()) {
      try {
        task.run();
      } catch (RuntimeException e) {
        // a listener's failure is its own; the others are still told
        Thread.UncaughtExceptionHandler handler =
            Thread.currentThread().getUncaughtExceptionHandler();
        if (handler != null) {
          handler.uncaughtException(Thread.currentThread(), e);
        }
      }
    }
  }

  private @Nullable Runnable next() {
    synchronized (waiting) {
      Runnable task = waiting.pollFirst();
      running = task != null;
      return task;
    }
  }

  long dropped() {
    synchronized (waiting) {
      return dropped;
    }
  }
}
