package io.holdfast.connections;

import io.holdfast.protocol.Decoded;

/**
 * A transport's end of a connection; told by the server what happens on the socket. On the
 * transport's executor.
 */
public interface Link {
  /** A frame has arrived. */
  void received(Decoded decoded, int bytes);

  /** The socket has room again, or has none. */
  void writabilityChanged();

  /** The client gave a sign of life that is not a frame. */
  void alive();

  /** The socket is gone. */
  void lost();
}
