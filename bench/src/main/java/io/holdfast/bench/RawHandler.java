package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;

/** One connection of the baseline server. */
final class RawHandler extends SimpleChannelInboundHandler<TextWebSocketFrame> {
  /** What the baseline does with a publish. */
  interface Publishing {
    void attached(Channel channel);

    default void closed(Channel channel) {}

    void publish(Channel channel, long msgSerial, ByteBuf frame);
  }

  /** For connections that never publish. */
  record Nothing() implements Publishing {
    @Override
    public void attached(Channel channel) {}

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
            + ",\"count\":1,\"res\":[{\"serials\":[\"00000000000000-"
            + msgSerial
            + "\"]}]}");
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
      publishing.attached(ctx.channel());
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
