package io.holdfast.server;

import io.holdfast.connections.Link;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import io.holdfast.protocol.SharedFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reading half of a WebSocket: puts frames together, decodes them and tells the link. */
final class SocketHandler extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(SocketHandler.class);

  private final SocketTransport transport;
  private final Traffic.Waiting waiting;
  private final int maxFrame;

  /** The parts that have come of a message, and in which format; null between messages. */
  private @Nullable CompositeByteBuf parts;

  private Format partsFormat = Format.JSON;
  private @Nullable Link link;
  private boolean lost;

  SocketHandler(SocketTransport transport, Traffic.Waiting waiting, int maxFrame) {
    this.transport = transport;
    this.waiting = waiting;
    this.maxFrame = maxFrame;
  }

  /** The handshake is done: finds out who is there. */
  void opened(Function<SocketTransport, @Nullable Link> greeting) {
    guarded(() -> link = greeting.apply(transport));
    transport.named(log.atDebug()).log(link == null ? "a client was refused" : "a client came in");
    if (lost && link != null) {
      link.lost();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    transport.readBegins();
    try {
      if (message instanceof WebSocketFrame frame) {
        frame(ctx, frame);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void frame(ChannelHandlerContext ctx, WebSocketFrame frame) {
    switch (frame) {
      case TextWebSocketFrame text -> data(Format.JSON, text);
      case BinaryWebSocketFrame binary -> data(Format.MSGPACK, binary);
      case ContinuationWebSocketFrame more -> part(more);
      case PingWebSocketFrame ping -> {
        // Who does not read our answers gets no more of them.
        if (transport.writable()) {
          var _ = ctx.write(new PongWebSocketFrame(ping.content().retain()), ctx.voidPromise());
          transport.flush();
        }
        told(Link::alive);
      }
      case PongWebSocketFrame pong -> told(Link::alive);
      case CloseWebSocketFrame close -> {
        transport.close();
        var _ = ctx.close();
      }
      default -> throw new IllegalArgumentException("no frame of ours: " + frame.getClass());
    }
  }

  private void data(Format format, WebSocketFrame frame) {
    if (frame.isFinalFragment()) {
      received(format, frame.content());
    } else {
      partsFormat = format;
      part(frame);
    }
  }

  private void part(WebSocketFrame frame) {
    CompositeByteBuf whole = parts;
    if (whole == null) {
      whole = frame.content().alloc().compositeBuffer(Integer.MAX_VALUE);
      parts = whole;
    }
    if (whole.readableBytes() + frame.content().readableBytes() > maxFrame) {
      refuse(tooLarge(), WebSocketCloseStatus.MESSAGE_TOO_BIG);
      return;
    }
    whole.addComponent(true, frame.content().retain());
    if (frame.isFinalFragment()) {
      parts = null;
      try {
        received(partsFormat, whole);
      } finally {
        whole.release();
      }
    }
  }

  private void received(Format format, ByteBuf content) {
    byte[] bytes = ByteBufUtil.getBytes(content);
    if (!transport.closing()) {
      Decoded decoded = FrameCodec.decode(spoken(format, bytes), bytes);
      waiting.received(decoded, bytes.length);
      told(link -> link.received(decoded, bytes.length));
    }
  }

  /**
   * SDKs differ in which frames they put JSON into, and what it is can be seen: in MessagePack a
   * first byte like that of a JSON object is a number, which no protocol message is.
   */
  private static Format spoken(Format sent, byte[] bytes) {
    return bytes.length > 0 && bytes[0] == '{' ? Format.JSON : sent;
  }

  private void told(java.util.function.Consumer<Link> event) {
    Link told = link;
    if (told != null && !transport.closing()) {
      guarded(() -> event.accept(told));
    }
  }

  /** A fault of ours ends the transport, in a way that the client can resume from. */
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      transport.named(log.atError()).setCause(e).log("a transport fails on a fault of ours");
      transport.write(new SharedFrame(new Frame.Disconnected(ErrorCode.INTERNAL.info())));
      transport.close(WebSocketCloseStatus.INTERNAL_SERVER_ERROR);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    transport.readEnds();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    told(Link::writabilityChanged);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    lost = true;
    transport.named(log.atDebug()).log("a socket has ended");
    transport.release();
    if (parts != null) {
      parts.release();
      parts = null;
    }
    Link told = link;
    if (told != null) {
      guarded(told::lost);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable fault = cause.getCause() == null ? cause : cause.getCause();
    if (fault instanceof CorruptedWebSocketFrameException corrupted) {
      boolean large = corrupted.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG);
      refuse(
          large ? tooLarge() : ErrorCode.PROTOCOL_ERROR.info("it sent no valid WebSocket frame"),
          corrupted.closeStatus());
      return;
    }
    if (fault instanceof IOException) {
      transport.named(log.atDebug()).log("a socket broke: {}", fault.getMessage());
    } else {
      transport.named(log.atError()).setCause(cause).log("a socket fails on a fault of ours");
    }
    var _ = ctx.close();
  }

  private ErrorInfo tooLarge() {
    return ErrorCode.MESSAGE_TOO_LARGE.info("a frame may have " + maxFrame + " bytes");
  }

  private void refuse(ErrorInfo error, WebSocketCloseStatus status) {
    transport.write(new SharedFrame(new Frame.ProtocolError(null, error)));
    transport.close(status);
  }
}
