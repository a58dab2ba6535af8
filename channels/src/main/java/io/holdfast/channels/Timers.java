package io.holdfast.channels;

/** Time, as given from outside: the system's, or a simulation's. */
public interface Timers {
  /** Milliseconds since the epoch. */
  long now();

  /** Runs a task later, on a thread that must only hand over. */
  Timer after(long ms, Runnable task);

  /** A task that waits. */
  interface Timer {
    void cancel();
  }
}
