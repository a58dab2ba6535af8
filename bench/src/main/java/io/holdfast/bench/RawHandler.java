package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import java.nio.charset.StandardCharsets;

/** One connection of the baseline server. */
final class RawHandler extends SimpleChannelInboundHandler<TextWebSocketFrame> {
  /** What the baseline does with a publish. */
  interface Publishing {
    void attached(Channel channel, String name);

    default void closed(Channel channel) {}

    void publish(Channel channel, long msgSerial, ByteBuf frame);
  }

  /** For connections that never publish. */
  record Nothing() implements Publishing {
    @Override
    public void attached(Channel channel, String name) {}

    @Override
    public void publish(Channel channel, long msgSerial, ByteBuf frame) {}
  }

  private final Publishing publishing;

  RawHandler(Publishing publishing) {
    this.publishing = publishing;
  }

  static TextWebSocketFrame ack(long msgSerial) {
    return new TextWebSocketFrame(
        "{\"action\":1,\"msgSerial\":"
            + msgSerial
            + ",\"count\":1,\"res\":[{\"serials\":[\""
            + serial(msgSerial)
            + "\"]}]}");
  }

  /** What the ACK of a publish says its message is called. */
  static String serial(long msgSerial) {
    return "00000000000000-" + msgSerial;
  }

  /** The whole WebSocket frame: a ByteBuf passes the channel's encoder untouched. */
  static ByteBuf frame(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuf frame = Unpooled.directBuffer(bytes.length + 10);
    frame.writeByte(0x81);
    if (bytes.length < 126) {
      frame.writeByte(bytes.length);
    } else if (bytes.length < 65_536) {
      frame.writeByte(126).writeShort(bytes.length);
    } else {
      frame.writeByte(127).writeLong(bytes.length);
    }
    return frame.writeBytes(bytes);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof HandshakeComplete) {
      send(ctx, "{\"action\":4,\"connectionId\":\"raw\",\"connectionDetails\":{}}");
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
    ByteBuf content = frame.content();
    int from = content.readerIndex();
    int to = content.writerIndex();
    long action = Wire.number(content, from, to, Wire.ACTION_KEY);
    if (action == Wire.ATTACH) {
      String name = Wire.text(content, from, to, Wire.CHANNEL_KEY);
      publishing.attached(ctx.channel(), name == null ? "" : name);
      send(ctx, "{\"action\":11,\"channel\":\"any\",\"flags\":196608}");
    } else if (action == Wire.MESSAGE) {
      publishing.publish(ctx.channel(), Wire.number(content, from, to, Wire.SERIAL_KEY), content);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    publishing.closed(ctx.channel());
  }

  private static void send(ChannelHandlerContext ctx, String text) {
    var _ = ctx.writeAndFlush(new TextWebSocketFrame(text), ctx.voidPromise());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var _ = ctx.close();
  }
}
