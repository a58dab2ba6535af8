package io.holdfast.server;

import io.holdfast.connections.Transport;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.SharedFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A WebSocket as connections see it. Small frames are copied one behind the other into one buffer
 * and leave in one write: a write of its own costs a frame of 200 bytes more than its copy. Frames
 * that the server sends are not masked, so the bytes of a shared frame are those on the wire.
 *
 * <p>All on the event loop.
 */
final class SocketTransport implements Transport {
  private static final int BATCH = 16 << 10;
  private static final int SMALL = 4 << 10;
  private static final int MAX_HEADER = 10;
  private static final int TEXT = 0x81;
  private static final int BINARY = 0x82;
  private static final int MAX_SHORT = 125;
  private static final int MAX_MIDDLE = 0xffff;
  private static final int LINGER_MS = 3_000;

  private final ChannelHandlerContext ctx;
  private final Format format;
  private final Traffic.Waiting waiting;

  private @Nullable ByteBuf batch;

  /** What the client was last greeted with; null before. */
  private Frame.@Nullable Connected greeted;

  private boolean inRead;
  private boolean flushAfterRead;
  private boolean closing;

  SocketTransport(ChannelHandlerContext ctx, Format format, Traffic.Waiting waiting) {
    this.ctx = ctx;
    this.format = format;
    this.waiting = waiting;
  }

  @Override
  public Executor executor() {
    return ctx.channel().eventLoop();
  }

  @Override
  public Format format() {
    return format;
  }

  @Override
  public boolean writable() {
    return ctx.channel().isWritable();
  }

  @Override
  public long unsent() {
    var buffer = ctx.channel().unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  @Override
  public void write(SharedFrame frame) {
    if (closing) {
      return;
    }
    byte[] bytes = frame.bytes(format);
    waiting.sent(frame.frame(), bytes.length);
    if (frame.frame() instanceof Frame.Connected connected) {
      greeted = connected;
    }
    ByteBuf buffer = room(bytes.length > SMALL ? MAX_HEADER : bytes.length + MAX_HEADER);
    header(buffer, bytes.length);
    if (bytes.length > SMALL) {
      writeBatch();
      var _ = ctx.write(Unpooled.wrappedBuffer(bytes), ctx.voidPromise());
    } else {
      buffer.writeBytes(bytes);
    }
  }

  private ByteBuf room(int wanted) {
    if (batch != null && batch.readableBytes() + wanted > BATCH) {
      writeBatch();
    }
    ByteBuf buffer = batch;
    if (buffer == null) {
      buffer = ctx.alloc().directBuffer(Math.max(wanted, 512), BATCH);
      batch = buffer;
    }
    return buffer;
  }

  private void header(ByteBuf buffer, int length) {
    buffer.writeByte(
        switch (format) {
          case JSON -> TEXT;
          case MSGPACK -> BINARY;
        });
    if (length <= MAX_SHORT) {
      buffer.writeByte(length);
    } else if (length <= MAX_MIDDLE) {
      buffer.writeByte(MAX_SHORT + 1).writeShort(length);
    } else {
      buffer.writeByte(MAX_SHORT + 2).writeLong(length);
    }
  }

  private void writeBatch() {
    ByteBuf full = batch;
    if (full != null) {
      batch = null;
      var _ = ctx.write(full, ctx.voidPromise());
    }
  }

  @Override
  public void flush() {
    if (inRead) {
      flushAfterRead = true;
    } else {
      writeBatch();
      ctx.flush();
    }
  }

  @Override
  public void ping() {
    if (!closing) {
      writeBatch();
      var _ = ctx.channel().writeAndFlush(new PingWebSocketFrame(), ctx.voidPromise());
    }
  }

  @Override
  public void reading(boolean on) {
    ctx.channel().config().setAutoRead(on || closing);
  }

  @Override
  public void close() {
    close(WebSocketCloseStatus.NORMAL_CLOSURE);
  }

  /** Says why and waits a while for the other side to close: closing first could lose the words. */
  void close(WebSocketCloseStatus why) {
    if (closing) {
      return;
    }
    closing = true;
    writeBatch();
    Channel channel = ctx.channel();
    var _ = channel.writeAndFlush(new CloseWebSocketFrame(why), ctx.voidPromise());
    channel.config().setAutoRead(true);
    var _ = ctx.executor().schedule(this::hangUp, LINGER_MS, TimeUnit.MILLISECONDS);
  }

  private void hangUp() {
    var _ = ctx.channel().close();
  }

  /** Adds whose it is to a line of the log. */
  LoggingEventBuilder named(LoggingEventBuilder line) {
    Frame.Connected known = greeted;
    return known == null
        ? line.addKeyValue("peer", ctx.channel().remoteAddress())
        : line.addKeyValue("connection", known.connectionId())
            .addKeyValue("client", known.details().clientId());
  }

  boolean closing() {
    return closing;
  }

  /** What arrived is being handled; what is flushed meanwhile leaves at the end, together. */
  void readBegins() {
    inRead = true;
  }

  void readEnds() {
    inRead = false;
    if (flushAfterRead) {
      flushAfterRead = false;
      flush();
    }
  }

  /** The socket is gone. */
  void release() {
    closing = true;
    ByteBuf left = batch;
    if (left != null) {
      batch = null;
      left.release();
    }
  }
}
