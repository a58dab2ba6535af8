package io.holdfast.client;

/** What a connection is doing (RTN4). */
public enum ConnectionState {
  /** Nothing has been asked of it yet. */
  INITIALIZED,
  /** It is being made, for the first time or again. Publishes wait in a queue. */
  CONNECTING,
  /** It is there. */
  CONNECTED,
  /**
   * It was lost and will be tried again soon. Publishes wait in a queue; channels stay attached.
   */
  DISCONNECTED,
  /**
   * It has been lost for longer than the server is known to keep its place. It is tried again less
   * often; publishes fail, channels are suspended and attach again by themselves.
   */
  SUSPENDED,
  /** It was asked to close, and the server has not confirmed it yet. */
  CLOSING,
  /** It was closed on request. {@link Connection#connect} makes a new one. */
  CLOSED,
  /** It cannot be made, for the reason given; it is not tried again by itself. */
  FAILED;

  /** Whether the connection stays as it is until somebody asks for something else. */
  public boolean terminal() {
    return this == CLOSED || this == FAILED;
  }

  /** Whether publishes are taken: sent, or kept until they can be. */
  public boolean takesPublishes() {
    return this == INITIALIZED || this == CONNECTING || this == CONNECTED || this == DISCONNECTED;
  }
}
