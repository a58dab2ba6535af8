package io.holdfast.sessions;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs application code in order, one piece at a time, off the thread that delivers messages. While
 * 10,000 pieces wait, which only a listener that blocks for long can bring about, no more events
 * are taken; answers that somebody waits for are, and are bounded by who waits for them.
 */
final class Dispatcher {
  private static final int WAITING_MAX = 10_000;

  private final Executor executor;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  Dispatcher(Executor executor) {
    this.executor = executor;
  }

  /** Runs this as an event, unless too many wait. */
  void postEvent(Runnable task) {
    synchronized (waiting) {
      if (waiting.size() >= WAITING_MAX) {
        return;
      }
    }
    post(task);
  }

  /** Runs this whatever waits. */
  void post(Runnable task) {
    synchronized (waiting) {
      waiting.addLast(task);
      if (running) {
        return;
      }
      running = true;
    }
    begin();
  }

  private void begin() {
    boolean begun = false;
    try {
      executor.execute(this::drain);
      begun = true;
    } finally {
      if (!begun) {
        // an executor that has no room now may have some for the next task, which takes this along
        synchronized (waiting) {
          running = false;
        }
      }
    }
  }

  private void drain() {
    boolean whole = false;
    try {
      for (Runnable task = next(); task != null; task = next()) {
        runAlone(task);
      }
      whole = true;
    } finally {
      if (!whole) {
        // an error ends this thread and not the session: what waits is run by another
        begin();
      }
    }
  }

  /** Runs this; an exception of it is told and ends nothing else. */
  static void runAlone(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      // a listener's failure is its own; the others are still told
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  private @Nullable Runnable next() {
    synchronized (waiting) {
      Runnable task = waiting.pollFirst();
      running = task != null;
      return task;
    }
  }
}
