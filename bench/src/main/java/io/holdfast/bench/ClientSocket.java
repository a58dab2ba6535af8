package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection of the driver: handshake, unfragmented frames, masking. Netty's own
 * WebSocket client would make an object per frame; at a million frames a second that would measure
 * the driver. Confined to its event loop except where said.
 */
final class ClientSocket extends ChannelInboundHandlerAdapter {
  /** Sees text frames in place: the bytes from..to of a buffer it must not keep. */
  interface Reader {
    void frame(ClientSocket socket, ByteBuf buf, int from, int to);

    /** The server's CONNECTED, or the ATTACHED that was waited for: before that is made known. */
    default void answered(ClientSocket socket, ByteBuf buf, int from, int to) {}

    /** All frames of one read have been handed over: the moment to flush. */
    default void readComplete(ClientSocket socket) {}

    void closed(ClientSocket socket, String why);
  }

  private record Waiting(int action, CompletableFuture<ClientSocket> future) {}

  private static final int MASK = 0x5AC31F96;
  private static final int MAX_FRAME = 4 << 20;

  private final String path;
  private final Reader reader;
  private final CompletableFuture<ClientSocket> connected = new CompletableFuture<>();
  private @Nullable Waiting waiting = new Waiting(Wire.CONNECTED, connected);
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf partial;
  private boolean upgraded;
  private String why = "the server closed the connection";

  ClientSocket(String path, Reader reader) {
    this.path = path;
    this.reader = reader;
  }

  /** Completes with the server's CONNECTED; may be called from any thread. */
  CompletableFuture<ClientSocket> connected() {
    return connected;
  }

  /** Completes with ATTACHED; may be called from any thread. */
  CompletableFuture<ClientSocket> attach(String channel) {
    return attach(channel, 0);
  }

  /** As {@link #attach(String)}, with modes: what follows ATTACHED goes to the reader. */
  CompletableFuture<ClientSocket> attach(String channel, int flags) {
    return attachWith(Wire.attach(channel, flags));
  }

  /** As {@link #attach(String)}, from the place of the last frame that came. */
  CompletableFuture<ClientSocket> attachFrom(String channel, String place) {
    return attachWith(Wire.attachFrom(channel, place));
  }

  private CompletableFuture<ClientSocket> attachWith(String frame) {
    var future = new CompletableFuture<ClientSocket>();

    channel()
        .eventLoop()
        .execute(
            () -> {
              waiting = new Waiting(Wire.ATTACHED, future);
              write(Unpooled.copiedBuffer(frame, StandardCharsets.UTF_8));
              flush();
            });
    return future;
  }

  Channel channel() {
    return context().channel();
  }

  ByteBufAllocator allocator() {
    return context().alloc();
  }

  /** Takes over the text; goes out with the next flush. */
  void write(ByteBuf text) {
    writeFrame(1, text);
  }

  void flush() {
    context().flush();
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext now = context;
    if (now == null) {
      throw new IllegalStateException("The socket is not connected yet.");
    }
    return now;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: aG9sZGZhc3QtYmVuY2gtMQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    var _ =
        ctx.writeAndFlush(
            Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII), ctx.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = joined(ctx, (ByteBuf) message);
    if (upgraded || upgrade(in)) {
      frames(in);
    }
    if (in.isReadable()) {
      // The read buffer is large and soon reused; a remainder is small and stays.
      partial = ctx.alloc().heapBuffer(in.readableBytes() * 2).writeBytes(in);
    }
    in.release();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reader.readComplete(this);
  }

  private ByteBuf joined(ChannelHandlerContext ctx, ByteBuf read) {
    ByteBuf before = partial;
    if (before == null) {
      return read;
    }
    partial = null;
    ByteBuf both = ctx.alloc().buffer(before.readableBytes() + read.readableBytes());
    both.writeBytes(before).writeBytes(read);
    before.release();
    read.release();
    return both;
  }

  private boolean upgrade(ByteBuf in) {
    byte[] end = {'\r', '\n', '\r', '\n'};
    int at = Wire.find(in, in.readerIndex(), in.writerIndex(), end);
    if (at < 0) {
      return false;
    }
    String head = in.toString(in.readerIndex(), at - in.readerIndex(), StandardCharsets.US_ASCII);
    in.readerIndex(at + end.length);
    upgraded = head.startsWith("HTTP/1.1 101");
    if (!upgraded) {
      close("the server refused the WebSocket: " + head.lines().findFirst().orElse(""));
    }
    return upgraded;
  }

  private void frames(ByteBuf in) {
    while (in.readableBytes() >= 2) {
      int start = in.readerIndex();
      int bits = in.getUnsignedByte(start);
      int shortLength = in.getUnsignedByte(start + 1) & 127;
      int header = shortLength < 126 ? 2 : shortLength == 126 ? 4 : 10;
      if (in.readableBytes() < header) {
        return;
      }
      long length =
          switch (shortLength) {
            case 126 -> in.getUnsignedShort(start + 2);
            case 127 -> in.getLong(start + 2);
            default -> shortLength;
          };
      if (length > MAX_FRAME) {
        close("a frame of " + length + " bytes is over the driver's limit");
        in.skipBytes(in.readableBytes());
        return;
      }
      if (in.readableBytes() < header + length) {
        return;
      }
      int from = start + header;
      in.readerIndex(from + (int) length);
      frame(bits, in, from, from + (int) length);
    }
  }

  private void frame(int bits, ByteBuf in, int from, int to) {
    switch (bits) {
      case 0x81 -> text(in, from, to);
      case 0x88 -> why = "the server sent a close frame: " + closeReason(in, from, to);
      case 0x89 -> {
        writeFrame(10, in.copy(from, to - from));
        flush();
      }
      case 0x8A -> {}
      default -> close("the driver does not read frames of type 0x" + Integer.toHexString(bits));
    }
  }

  private static String closeReason(ByteBuf in, int from, int to) {
    return to - from < 2
        ? "no code"
        : in.getUnsignedShort(from)
            + " "
            + in.toString(from + 2, to - from - 2, StandardCharsets.UTF_8);
  }

  private void text(ByteBuf in, int from, int to) {
    Waiting now = waiting;
    if (now != null) {
      long action = Wire.number(in, from, to, Wire.ACTION_KEY);
      if (action == now.action) {
        waiting = null;
        reader.answered(this, in, from, to);
        now.future.complete(this);
        return;
      }
      if (Wire.endsConnection(action)) {
        close(in.toString(from, to - from, StandardCharsets.UTF_8));
        return;
      }
    }
    reader.frame(this, in, from, to);
  }

  private void writeFrame(int opcode, ByteBuf body) {
    int length = body.readableBytes();
    ByteBuf frame = allocator().buffer(length + 14);
    frame.writeByte(0x80 | opcode);
    if (length < 126) {
      frame.writeByte(0x80 | length);
    } else if (length < 65_536) {
      frame.writeByte(0x80 | 126).writeShort(length);
    } else {
      frame.writeByte(0x80 | 127).writeLong(length);
    }
    frame.writeInt(MASK);
    mask(body, frame);
    body.release();
    var _ = context().write(frame, context().voidPromise());
  }

  /** A fixed mask, but a real one: the server must not be spared the work of taking it off. */
  private static void mask(ByteBuf body, ByteBuf frame) {
    long wide = ((long) MASK << 32) | (MASK & 0xFFFFFFFFL);
    while (body.readableBytes() >= 8) {
      frame.writeLong(body.readLong() ^ wide);
    }
    for (int i = 0; body.isReadable(); i++) {
      frame.writeByte(body.readByte() ^ (MASK >>> (24 - 8 * (i & 3))));
    }
  }

  private void close(String reason) {
    why = reason;
    var _ = context().close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ByteBuf rest = partial;
    if (rest != null) {
      partial = null;
      rest.release();
    }
    Waiting now = waiting;
    if (now != null) {
      waiting = null;
      now.future.completeExceptionally(new LoadFailure(why));
    }
    reader.closed(this, why);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    close("the driver failed: " + cause);
  }
}
