package io.holdfast.server;

import io.holdfast.connections.Link;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import io.holdfast.protocol.SharedFrame;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A comet connection's transport as a whole: takes the requests that belong to it, whichever
 * sockets they come on, and gives it up when its client stays away. Its state belongs to the event
 * loop it was opened on; what it is asked may come from any.
 */
final class CometSession {
  private static final Logger log = LoggerFactory.getLogger(CometSession.class);
  private static final int MAX_FRAMES = 20_000;

  /** Keys change with every new token; requests on their way still carry the one before. */
  private static final int MAX_KEYS = 4;

  private final Map<String, CometSession> sessions;
  private final EventExecutor loop;
  private final String app;
  private final CometPatience patience;
  private final Traffic.Waiting waiting;
  private final CometTransport transport;
  private final Deque<String> keys = new ArrayDeque<>();

  private @Nullable Link link;

  /** Answered when there is room for more of what it sent. */
  private @Nullable Exchange held;

  /** Ends the answer, or the wait for the next question. */
  private @Nullable Future<?> timer;

  /** What the last requests were called; null for nothing. */
  private @Nullable String question;

  private @Nullable String statement;

  private boolean ended;

  /**
   * A transport that is not connected yet.
   *
   * @param sessions where requests find it by its keys
   * @param app whose credentials may use it
   */
  CometSession(
      Map<String, CometSession> sessions,
      EventExecutor loop,
      String app,
      boolean streaming,
      CometPatience patience,
      Traffic.Waiting waiting) {
    this.sessions = sessions;
    this.loop = loop;
    this.app = app;
    this.patience = patience;
    this.waiting = waiting;
    this.transport = new CometTransport(this, loop, streaming, waiting);
  }

  String app() {
    return app;
  }

  /** Clients take it for the loss of a transport and come back with what they hold. */
  static ErrorInfo gone() {
    return ErrorCode.DISCONNECTED.info("no transport of this key is open here");
  }

  // ---- what the client asks ----

  /** On the event loop: the first question, answered with CONNECTED. */
  void connect(Exchange exchange, Function<CometTransport, Link> opening) {
    ask(exchange);
    guarded(() -> link = opening.apply(transport));
  }

  /**
   * What a client calls its request. A browser that loses its socket asks the same again and does
   * not tell the page, so the first answer may have been lost and the page waits for it.
   */
  private static @Nullable String name(Exchange exchange) {
    return exchange.request().target().param("rnd");
  }

  void receive(Exchange exchange) {
    loop.execute(
        () -> {
          if (ended) {
            exchange.answer(Response.fault(gone()));
            return;
          }
          told(Link::alive);
          String name = name(exchange);
          if (name != null && name.equals(question) && transport.repeated(exchange)) {
            return;
          }
          question = name;
          ask(exchange);
          told(Link::writabilityChanged);
          if (transport.closing()) {
            endIfSaid();
          }
        });
  }

  private void ask(Exchange exchange) {
    transport.turn();
    wait(patience.turn(), transport::turn);
    exchange.watch(
        new Exchange.Watcher() {
          @Override
          public void gone() {
            loop.execute(() -> hungUp(exchange));
          }

          @Override
          public void leaving() {
            loop.execute(() -> transport.turn(exchange));
          }
        });
    transport.asked(exchange);
  }

  private void hungUp(Exchange exchange) {
    // It may have asked again meanwhile, on another socket.
    if (transport.hungUp(exchange) && !transport.closing()) {
      wait(patience.brokenOff(), this::lost);
    }
  }

  /** An answer has left: the client is to ask again. */
  void answered() {
    if (!ended) {
      wait(patience.away(), this::lost);
    }
  }

  void send(Exchange exchange, int maxFrame) {
    List<byte[]> frames = FrameCodec.split(exchange.request().body(), MAX_FRAMES);
    if (frames == null || exchange.request().bodyFormat() != Format.JSON) {
      throw new Refusal(
          ErrorCode.BAD_REQUEST.info("the body is not a JSON array of protocol messages"));
    }
    if (frames.stream().anyMatch(frame -> frame.length > maxFrame)) {
      throw new Refusal(
          ErrorCode.MESSAGE_TOO_LARGE.info("a frame may have " + maxFrame + " bytes"));
    }
    loop.execute(() -> sent(exchange, frames));
  }

  private void sent(Exchange exchange, List<byte[]> frames) {
    if (ended || transport.closing()) {
      exchange.answer(Response.fault(gone()));
      return;
    }
    String name = name(exchange);
    boolean again = name != null && name.equals(statement);
    if (held != null && !again) {
      exchange.answer(Response.fault(ErrorCode.BUSY.info("what was sent before is under way")));
      return;
    }
    statement = name;
    if (!again) {
      take(frames);
    }
    if (transport.reading()) {
      exchange.answer(Response.nothing());
    } else {
      held = exchange;
    }
  }

  private void take(List<byte[]> frames) {
    transport.readBegins();
    for (byte[] frame : frames) {
      Decoded decoded = FrameCodec.decode(Format.JSON, frame);
      waiting.received(decoded, frame.length);
      told(link -> link.received(decoded, frame.length));
    }
    transport.readEnds();
  }

  /** The client wants no more of the connection, or of this transport. */
  void leave(Exchange exchange, boolean forGood) {
    loop.execute(
        () -> {
          Frame last = forGood ? new Frame.Close() : new Frame.Disconnect();
          told(link -> link.received(new Decoded.Ok(last), 0));
          exchange.answer(Response.nothing());
        });
  }

  // ---- what becomes of it ----

  /** The client has been given a key. */
  void named(Frame.Connected connected) {
    String key = connected.details().connectionKey();
    keys.addLast(key);
    sessions.put(key, this);
    if (keys.size() > MAX_KEYS) {
      sessions.remove(keys.removeFirst());
    }
  }

  void writabilityChanged() {
    told(Link::writabilityChanged);
  }

  /** There is room for more of what the client sends. */
  void readsAgain() {
    Exchange answerable = held;
    if (answerable != null) {
      held = null;
      answerable.answer(Response.nothing());
    }
  }

  /** The link is done with this transport; what it said last may still be to be told. */
  void closed() {
    readsAgain();
    endIfSaid();
    if (!ended) {
      wait(patience.last(), this::end);
    }
  }

  private void endIfSaid() {
    if (transport.allSaid()) {
      end();
    }
  }

  private void lost() {
    log.debug("a comet client stayed away");
    told(Link::lost);
    transport.close();
    end();
  }

  private void end() {
    if (!ended) {
      ended = true;
      wait(0, null);
      keys.forEach(sessions::remove);
      keys.clear();
    }
  }

  private void wait(long ms, @Nullable Runnable then) {
    if (timer != null) {
      timer.cancel(false);
    }
    timer =
        then == null || ended
            ? null
            : loop.schedule(() -> guarded(then), ms, TimeUnit.MILLISECONDS);
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
      log.error("a comet transport fails on a fault of ours", e);
      transport.write(new SharedFrame(new Frame.Disconnected(ErrorCode.INTERNAL.info())));
      transport.close();
    }
  }
}
