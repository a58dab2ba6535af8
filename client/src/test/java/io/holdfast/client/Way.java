package io.holdfast.client;

import io.holdfast.protocol.Format;

/** A transport and a format. */
enum Way {
  WEB_SOCKET_JSON(TransportKind.WEB_SOCKET, Format.JSON),
  WEB_SOCKET_MSGPACK(TransportKind.WEB_SOCKET, Format.MSGPACK),
  COMET(TransportKind.COMET, Format.JSON);

  private final TransportKind transport;
  private final Format format;

  Way(TransportKind transport, Format format) {
    this.transport = transport;
    this.format = format;
  }

  ClientOptions.Builder of(ClientOptions.Builder options) {
    return options.transports(transport).format(format);
  }
}
