package io.holdfast.channels;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Manifest;
import java.util.concurrent.CompletableFuture;

/** Makes a channel's state in memory. */
interface Opening {
  /**
   * Begins; the state comes to {@link Channel#opened}, or {@link Channel#crash} is told why not.
   */
  void open(Channel handle);

  /** Whether others may write to the channel's log. */
  boolean shared();

  /** What anybody has written by now. */
  CompletableFuture<Written> written(ChannelId channel);

  /**
   * What is written of a channel.
   *
   * @param end the position of the newest entry
   */
  record Written(long end, Manifest manifest) {}

  /** Runs a task after a while, at once for 0. */
  void later(long ms, Runnable task);
}
