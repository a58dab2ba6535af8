package io.holdfast.nodes;

/** Time, as given from outside: the system's, or a simulation's. */
public interface NodeTimers {
  /** Milliseconds since the epoch. */
  long now();

  /** Runs a task later, on a thread that must only hand over. */
  void after(long ms, Runnable task);
}
