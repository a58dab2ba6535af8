package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** Baseline for history: the same page for everybody, from memory. What else comes is passed on. */
@ChannelHandler.Sharable
final class RawPages extends SimpleChannelInboundHandler<FullHttpRequest> {
  private final ByteBuf page;

  RawPages(byte[] page) {
    this.page = Unpooled.unreleasableBuffer(Unpooled.directBuffer(page.length).writeBytes(page));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (!request.uri().startsWith("/channels/")) {
      var _ = ctx.fireChannelRead(request.retain());
      return;
    }
    var response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, page.duplicate());
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
        .setInt(HttpHeaderNames.CONTENT_LENGTH, page.readableBytes());
    var _ = ctx.writeAndFlush(response, ctx.voidPromise());
  }
}
