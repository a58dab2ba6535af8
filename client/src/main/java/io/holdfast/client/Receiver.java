package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/** One way in which a feed is heard. Told on the loop; never waits. */
interface Receiver<T> {
  void offer(T item);

  /** Nothing follows; null when the client was closed. */
  void end(@Nullable ErrorInfo error);
}
