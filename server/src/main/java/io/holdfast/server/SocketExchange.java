package io.holdfast.server;

import io.holdfast.protocol.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/** A request that came on a socket of this node; its watcher is told on the event loop. */
final class SocketExchange implements Exchange {
  private final ChannelHandlerContext ctx;
  private final Request request;
  private final Runnable over;

  // Both of the event loop.
  private State state = State.WAITING;
  private @Nullable Watcher watcher;

  private boolean keep;

  private enum State {
    WAITING,
    STREAMING,
    OVER
  }

  /**
   * A request that waits.
   *
   * @param keep whether the socket may take another request afterwards
   * @param over hears once that there is nothing more to come, on the event loop
   */
  SocketExchange(ChannelHandlerContext ctx, Request request, boolean keep, Runnable over) {
    this.ctx = ctx;
    this.request = request;
    this.keep = keep;
    this.over = over;
  }

  @Override
  public Request request() {
    return request;
  }

  /** The thread of its socket: the same object as that of every WebSocket there. */
  EventExecutor loop() {
    return ctx.channel().eventLoop();
  }

  boolean writable() {
    return ctx.channel().isWritable();
  }

  /** What was written and has not left yet, bytes. On the event loop. */
  long unsent() {
    var buffer = ctx.channel().unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  @Override
  public void watch(Watcher now) {
    run(
        () -> {
          watcher = now;
          if (!ctx.channel().isActive()) {
            drop();
          }
        });
  }

  @Override
  public void answer(Response response) {
    run(
        () -> {
          if (state == State.WAITING) {
            FullHttpResponse reply = Replies.reply(request, response);
            Replies.never(reply.headers());
            HttpUtil.setKeepAlive(reply, keep);
            state = State.OVER;
            leave(reply);
          }
        });
  }

  @Override
  public void begin(String type) {
    run(
        () -> {
          if (state == State.WAITING) {
            HttpResponse head = Replies.stream(request, type);
            // Who knows no chunks learns of the end by the socket's.
            keep &= HttpUtil.isTransferEncodingChunked(head);
            HttpUtil.setKeepAlive(head, keep);
            state = State.STREAMING;
            var _ = ctx.writeAndFlush(head);
          }
        });
  }

  @Override
  public void send(byte[] bytes, Runnable left) {
    run(
        () -> {
          if (state != State.STREAMING) {
            left.run();
            return;
          }
          ByteBuf wrapped = Unpooled.wrappedBuffer(bytes);
          var _ =
              ctx.writeAndFlush(new DefaultHttpContent(wrapped)).addListener(done -> left.run());
        });
  }

  @Override
  public void end() {
    run(
        () -> {
          if (state == State.STREAMING) {
            state = State.OVER;
            leave(LastHttpContent.EMPTY_LAST_CONTENT);
          }
        });
  }

  private void leave(Object last) {
    over.run();
    var _ =
        ctx.writeAndFlush(last)
            .addListener(
                written -> {
                  if (!keep || !written.isSuccess()) {
                    var _ = ctx.close();
                  }
                });
  }

  boolean over() {
    return state == State.OVER;
  }

  /** The socket has gone, and no other request has come on it. On the event loop. */
  void drop() {
    if (state != State.OVER) {
      state = State.OVER;
      over.run();
    }
    Watcher told = watcher;
    watcher = null;
    if (told != null) {
      told.gone();
    }
  }

  /** On the event loop. */
  void writabilityChanged() {
    if (watcher != null && state != State.OVER) {
      watcher.writabilityChanged();
    }
  }

  @Override
  public void breakOff() {
    run(
        () -> {
          if (state != State.OVER) {
            state = State.OVER;
            over.run();
            var _ = ctx.close();
          }
        });
  }

  /** A fault of ours ends it. */
  void fail() {
    answer(Response.fault(ErrorCode.INTERNAL.info()));
    end();
  }

  private void run(Runnable task) {
    if (loop().inEventLoop()) {
      task.run();
    } else {
      loop().execute(task);
    }
  }
}
