package io.holdfast.sessions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Timers that run out when a test says so. */
final class TestTimers implements Surroundings.Timers {
  private final List<Runnable> tasks = new ArrayList<>();

  @Override
  public synchronized Surroundings.Running schedule(Duration delay, Runnable task) {
    tasks.add(task);
    notifyAll();
    return () -> {
      synchronized (this) {
        tasks.remove(task);
      }
    };
  }

  /** Waits until something is scheduled, and runs it. */
  void runOutOne() throws InterruptedException {
    Runnable task;
    synchronized (this) {
      while (tasks.isEmpty()) {
        wait();
      }
      task = tasks.removeFirst();
    }
    task.run();
  }
}
