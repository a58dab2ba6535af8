package io.holdfast.server;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where every socket begins: one request of HTTP at a time, until one asks for a WebSocket. While a
 * request is answered nothing more is read of its socket.
 */
final class HttpDoor extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(HttpDoor.class);
  private static final int MAX_LINE = 32 << 10;
  private static final int MAX_HEADERS = 32 << 10;
  private static final int MAX_CHUNK = 16 << 10;
  private static final int MAX_BODY = 2 << 20;
  private static final int MAX_SENT = 8 << 20;
  private static final int IDLE_SECONDS = 75;
  private static final int LINGER_MS = 1_000;
  private static final Request UNREAD = unread("", EmptyHttpHeaders.INSTANCE);

  private final House house;
  private boolean answering;

  /** What was asked last, if it is answered late or bit by bit. */
  private @Nullable SocketExchange exchange;

  private HttpDoor(House house) {
    this.house = house;
  }

  /** Makes a new socket's pipeline. */
  static void install(Channel channel, House house) {
    house.entered(channel);
    channel
        .pipeline()
        .addLast("idle", new IdleStateHandler(0, 0, IDLE_SECONDS))
        .addLast("http", new HttpServerCodec(MAX_LINE, MAX_HEADERS, MAX_CHUNK))
        .addLast("flow", new FlowControlHandler())
        .addLast("body", new Body(house))
        .addLast("door", new HttpDoor(house));
  }

  private static Request unread(String method, HttpHeaders headers) {
    return new Request(method, new Target(List.of(), Map.of()), headers, new byte[0], true);
  }

  /**
   * Puts bodies together, up to a bound: what a comet client has to send comes in one, so it may be
   * more from who is known to be one.
   */
  private static final class Body extends HttpObjectAggregator {
    private final House house;
    private int bound = MAX_BODY;
    private long come;
    private boolean refused;

    Body(House house) {
      super(MAX_SENT);
      this.house = house;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object part) throws Exception {
      if (part instanceof HttpRequest head) {
        bound = house.comet().expects(head.uri()) ? MAX_SENT : MAX_BODY;
        come = 0;
      }
      if (part instanceof HttpContent content) {
        come += content.content().readableBytes();
        if (come > bound) {
          // One that does not say how much it is.
          content.release();
          refuseOnce(ctx, UNREAD);
          return;
        }
      }
      super.channelRead(ctx, part);
    }

    @Override
    protected boolean isContentLengthInvalid(HttpMessage start, int max) {
      return super.isContentLengthInvalid(start, bound);
    }

    /**
     * Who asks first whether to send is told of too much like everybody: with an error, and not to
     * go on before it.
     */
    @Override
    protected @Nullable Object newContinueResponse(
        HttpMessage start, int max, ChannelPipeline pipeline) {
      return isContentLengthInvalid(start, max)
          ? null
          : super.newContinueResponse(start, max, pipeline);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
      refuseOnce(
          ctx,
          oversized instanceof HttpRequest head
              ? unread(head.method().name(), head.headers())
              : UNREAD);
    }

    private void refuseOnce(ChannelHandlerContext ctx, Request request) {
      if (!refused) {
        refused = true;
        refuse(
            ctx,
            request,
            ErrorCode.MESSAGE_TOO_LARGE.info("the body may have " + bound + " bytes"));
      }
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
    if (exchange != null && !exchange.over()) {
      // It has asked again before it was answered, which nobody does who waits for the answer.
      hangUp(ctx);
      return;
    }
    exchange = null;
    if (!message.decoderResult().isSuccess()) {
      refuse(ctx, UNREAD, unreadable(message.decoderResult().cause()));
      return;
    }
    Target target;
    try {
      target = Target.of(message.uri());
    } catch (IllegalArgumentException e) {
      ErrorInfo error = ErrorCode.BAD_REQUEST.info("the path: " + e.getMessage());
      refuse(ctx, unread("", message.headers()), error);
      return;
    }
    Request request =
        new Request(
            message.method().name(),
            target,
            message.headers(),
            ByteBufUtil.getBytes(message.content()),
            message.protocolVersion().equals(HttpVersion.HTTP_1_1));
    CompletableFuture<Void> before = house.hearsay().before(request);
    if (before == null) {
      serve(ctx, message, request);
    } else {
      serveAfter(before, ctx, message.retain(), request);
    }
  }

  /** Meanwhile nothing more is read of its socket. */
  private void serveAfter(
      CompletableFuture<Void> before,
      ChannelHandlerContext ctx,
      FullHttpRequest message,
      Request request) {
    answering = true;
    ctx.channel().config().setAutoRead(false);
    var _ =
        before.handleAsync(
            (_, failure) -> {
              answering = false;
              try {
                if (failure == null) {
                  serve(ctx, message, request);
                  // while it is answered, who serves it decides; a WebSocket is read at once
                  ctx.channel().config().setAutoRead(exchange != null || !answering);
                } else {
                  log.warn("it cannot be learnt whether a key is known", failure);
                  refuse(ctx, request, ErrorCode.UNAVAILABLE.info("it cannot be looked up"));
                }
              } finally {
                message.release();
              }
              return null;
            },
            ctx.executor());
  }

  private void serve(ChannelHandlerContext ctx, FullHttpRequest message, Request request) {
    Consumer<SocketExchange> lasting = house.lasting(request);
    if (wantsSocket(message)) {
      upgrade(ctx, message, request);
    } else if (lasting != null) {
      lasting(ctx, message, request, lasting);
    } else {
      answer(ctx, message, request);
    }
  }

  private static ErrorInfo unreadable(Throwable cause) {
    ErrorInfo info =
        switch (cause) {
          case TooLongHttpLineException line ->
              ErrorCode.BAD_REQUEST.info("the address has more than " + MAX_LINE + " characters");
          case TooLongHttpHeaderException headers ->
              ErrorCode.BAD_REQUEST.info("the headers have more than " + MAX_HEADERS + " bytes");
          default -> ErrorCode.BAD_REQUEST.info("this is not HTTP");
        };
    int status =
        switch (cause) {
          case TooLongHttpLineException line -> 414;
          case TooLongHttpHeaderException headers -> 431;
          default -> 400;
        };
    return info.withStatus(status);
  }

  private static boolean wantsSocket(FullHttpRequest message) {
    return message.method().equals(HttpMethod.GET)
        && message
            .headers()
            .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  private void upgrade(ChannelHandlerContext ctx, FullHttpRequest message, Request request) {
    if (!house.open()) {
      refuse(ctx, request, Refusal.stopping());
      return;
    }
    ErrorInfo fault = WebSockets.fault(message.headers());
    if (fault != null) {
      FullHttpResponse reply = Replies.reply(request, Response.fault(fault));
      reply.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, WebSockets.VERSION);
      refuse(ctx, reply);
      return;
    }
    ChannelPipeline pipeline = ctx.pipeline();
    pipeline.remove("idle");
    pipeline.remove("flow");
    pipeline.remove("body");
    pipeline.remove(this);
    house.sockets().upgrade(ctx, message, request.target());
  }

  private void answer(ChannelHandlerContext ctx, FullHttpRequest message, Request request) {
    boolean keep = HttpUtil.isKeepAlive(message);
    answering = true;
    ctx.channel().config().setAutoRead(false);
    house.began();
    var _ =
        house
            .rest()
            .answer(request)
            .whenCompleteAsync(
                (response, failure) -> {
                  house.ended(response.status() >= 500);
                  answered(ctx, request, response, keep && house.open());
                },
                ctx.executor());
  }

  /** Its socket is read on, to learn when the client hangs up. */
  private void lasting(
      ChannelHandlerContext ctx,
      FullHttpRequest message,
      Request request,
      Consumer<SocketExchange> answers) {
    answering = true;
    house.began();
    boolean keep = HttpUtil.isKeepAlive(message) && house.open();
    SocketExchange begun =
        new SocketExchange(
            ctx,
            request,
            keep,
            () -> {
              answering = false;
              house.ended(false);
            });
    exchange = begun;
    try {
      answers.accept(begun);
    } catch (Refusal refusal) {
      begun.answer(Response.fault(refusal.error()));
    } catch (RuntimeException e) {
      log.error("a request failed on a fault of ours", e);
      begun.fail();
    }
  }

  private void answered(
      ChannelHandlerContext ctx, Request request, Response response, boolean keep) {
    answering = false;
    FullHttpResponse reply = Replies.reply(request, response);
    int drawn = response instanceof Response.Drawn ? reply.content().readableBytes() : 0;
    if (response instanceof Response.Drawn large) {
      large.unsent().addAndGet(drawn);
    }
    FullHttpResponse sent = request.method().equals("HEAD") ? bare(reply) : reply;
    HttpUtil.setKeepAlive(sent, keep);
    // The next is read when this one has left: who does not read answers asks no more.
    var _ =
        ctx.writeAndFlush(sent)
            .addListener(
                written -> {
                  if (response instanceof Response.Drawn large) {
                    large.unsent().addAndGet(-drawn);
                  }
                  if (keep && written.isSuccess()) {
                    ctx.channel().config().setAutoRead(true);
                  } else {
                    hangUp(ctx);
                  }
                });
  }

  private static FullHttpResponse bare(FullHttpResponse reply) {
    reply.content().clear();
    return reply;
  }

  /** Answers what cannot be taken, and what follows it is not looked at. */
  private static void refuse(ChannelHandlerContext ctx, Request request, ErrorInfo error) {
    refuse(ctx, Replies.reply(request, Response.fault(error)));
  }

  private static void refuse(ChannelHandlerContext ctx, FullHttpResponse reply) {
    HttpUtil.setKeepAlive(reply, false);
    // Closed at once while the client still sends, the answer would be lost on its way.
    var _ =
        ctx.writeAndFlush(reply)
            .addListener(
                written -> {
                  if (ctx.channel() instanceof SocketChannel socket) {
                    var _ = socket.shutdownOutput();
                  }
                });
    var _ = ctx.executor().schedule(() -> hangUp(ctx), LINGER_MS, TimeUnit.MILLISECONDS);
  }

  private static void hangUp(ChannelHandlerContext ctx) {
    var _ = ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && !answering) {
      var _ = ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.drop();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.writabilityChanged();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException || cause instanceof PrematureChannelClosureException) {
      log.debug("a socket broke: {}", cause.getMessage());
    } else {
      log.error("a socket fails on a fault of ours", cause);
    }
    var _ = ctx.close();
  }
}
