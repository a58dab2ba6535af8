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

/**
 * A request that is answered late, or bit by bit, by who keeps it meanwhile. It may be answered
 * from any thread; its watcher is told on the socket's event loop.
 */
final class Exchange {
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

  /** Is told what happens to the socket before the answer has left. */
  interface Watcher {
    /**
     * The client has hung up, before the answer or after it: what was written last may not have
     * reached it.
     */
    void gone();

    /** The socket has room again, or has none. */
    default void writabilityChanged() {}
  }

  /**
   * A request that waits.
   *
   * @param keep whether the socket may take another request afterwards
   * @param over hears once that there is nothing more to come, on the event loop
   */
  Exchange(ChannelHandlerContext ctx, Request request, boolean keep, Runnable over) {
    this.ctx = ctx;
    this.request = request;
    this.keep = keep;
    this.over = over;
  }

  Request request() {
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

  void watch(Watcher now) {
    run(
        () -> {
          watcher = now;
          if (!ctx.channel().isActive()) {
            drop();
          }
        });
  }

  /** Answers all at once; nothing if it has been answered. */
  void answer(Response response) {
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

  /** Begins an answer that comes bit by bit. */
  void begin(String type) {
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

  /**
   * A bit of the answer, which leaves at once.
   *
   * @param left runs on the event loop when it has, whether or not it could
   */
  void send(byte[] bytes, Runnable left) {
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

  /** There is no more of it. */
  void end() {
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
