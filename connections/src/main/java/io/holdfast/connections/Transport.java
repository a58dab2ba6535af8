package io.holdfast.connections;

import io.holdfast.protocol.Format;
import io.holdfast.protocol.SharedFrame;
import java.util.concurrent.Executor;

/** One socket of a client's. All but {@link #executor} on its executor. */
public interface Transport {
  /** Its one thread; the same object for all transports on that thread. */
  Executor executor();

  Format format();

  /** Whether a frame written now would leave soon. */
  boolean writable();

  /** What was written and has not left yet, bytes. */
  default long unsent() {
    return 0;
  }

  void write(SharedFrame frame);

  void flush();

  /** A sign of life that is not a frame. */
  void ping();

  /** Stops and starts reading from the socket. */
  void reading(boolean on);

  /** Closes once what was written has left. */
  void close();
}
