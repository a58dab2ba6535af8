package io.holdfast.channels;

/** Makes a channel's state in memory. */
interface Opening {
  /**
   * Begins; the state comes to {@link Channel#opened}, or {@link Channel#crash} is told why not.
   */
  void open(Channel handle);

  /** Runs a task after a while, at once for 0. */
  void later(long ms, Runnable task);
}
