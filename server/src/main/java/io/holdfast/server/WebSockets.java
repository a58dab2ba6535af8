package io.holdfast.server;

import io.holdfast.connections.Link;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.SharedFrame;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in for realtime clients. Whoever asks gets a WebSocket, and is told on it if the
 * credentials are not good: a browser cannot read a refusal of the handshake.
 */
final class WebSockets {
  private static final Logger log = LoggerFactory.getLogger(WebSockets.class);

  static final String VERSION = "13";
  private static final int UPGRADE_REQUIRED = 426;

  private final Reception reception;
  private final Traffic traffic;
  private final int maxFrame;
  private final WebSocketDecoderConfig config;

  /**
   * The way in.
   *
   * @param maxFrame what may arrive in one; clients are told less, so that one a little too large
   *     is answered rather than the connection closed
   */
  WebSockets(Reception reception, Traffic traffic, int maxFrame) {
    this.reception = reception;
    this.traffic = traffic;
    this.maxFrame = maxFrame;
    this.config =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(maxFrame)
            .allowExtensions(false)
            .closeOnProtocolViolation(false)
            .withUTF8Validator(false) // the codec says which frame was not UTF-8
            .build();
  }

  /** What is wrong with a handshake; null when it can be answered. */
  static @Nullable ErrorInfo fault(HttpHeaders headers) {
    if (!VERSION.equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
      ErrorInfo info =
          ErrorCode.BAD_REQUEST.info("WebSocket is spoken here in version " + VERSION + " only");
      return info.withStatus(UPGRADE_REQUIRED);
    }
    String key = headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    return key == null || key.isBlank()
        ? ErrorCode.BAD_REQUEST.info("the handshake has no Sec-WebSocket-Key")
        : null;
  }

  /** Answers the handshake. The handlers of HTTP must have left the pipeline. */
  void upgrade(ChannelHandlerContext ctx, FullHttpRequest request, Target target) {
    Channel channel = ctx.channel();
    WebSocketServerHandshaker handshaker =
        new WebSocketServerHandshakerFactory(null, null, config).newHandshaker(request);
    if (handshaker == null) {
      var _ = WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(channel);
      return;
    }
    HttpHeaders headers = request.headers().copy();
    var _ =
        handshaker
            .handshake(channel, request)
            .addListener(
                done -> {
                  if (done.isSuccess()) {
                    opened(channel, target, headers);
                  } else {
                    log.debug("a handshake failed: {}", String.valueOf(done.cause()));
                    var _ = channel.close();
                  }
                });
  }

  private void opened(Channel channel, Target target, HttpHeaders headers) {
    Format format = target.format() == Format.MSGPACK ? Format.MSGPACK : Format.JSON;
    Traffic.Waiting waiting = traffic.new Waiting();
    // Ready-made frames go in behind the encoder, next to the socket.
    ChannelHandlerContext door = channel.pipeline().context("wsencoder");
    SocketTransport transport = new SocketTransport(door, format, waiting);
    SocketHandler handler = new SocketHandler(transport, waiting, maxFrame);
    channel.pipeline().addLast("socket", handler);
    handler.opened(opening -> greet(opening, target, headers));
  }

  private @Nullable Link greet(SocketTransport transport, Target target, HttpHeaders headers) {
    return switch (reception.read(target, headers, Reception.OLDEST_VERSION)) {
      case Reception.Reading.Refused(ErrorInfo error) -> refused(transport, error);
      case Reception.Reading.Welcome(var principal, var request) ->
          reception.open(transport, request);
    };
  }

  private static @Nullable Link refused(SocketTransport transport, ErrorInfo error) {
    transport.write(new SharedFrame(new Frame.ProtocolError(null, error)));
    transport.close();
    return null;
  }
}
