package io.holdfast.client;

/** A way to carry a connection. */
public enum TransportKind {
  /** One WebSocket. */
  WEB_SOCKET,
  /**
   * HTTP requests that are answered late, for networks that let no WebSocket through; JSON only.
   */
  COMET
}
