package io.holdfast.client;

import java.time.Duration;

/** Runs short tasks later. What it runs never blocks. */
public interface Scheduler {
  /** Runs the task once after the delay, on a thread of its own choice. */
  Timer schedule(Duration delay, Runnable task);

  /** A task that waits for its time. */
  interface Timer {
    /** Keeps it from running if it has not begun. */
    void cancel();
  }
}
