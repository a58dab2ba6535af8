package io.holdfast.client;

import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to connect: the hosts in turn, and on each the transports in turn, until the server
 * answers on one. Owned by the loop; it ends by telling one outcome, or by being cancelled.
 */
final class Attempt implements Wired.Sink {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  /** How an attempt ends. */
  interface Outcome {
    void connected(Wired on, Frame.Connected greeting);

    /** The server answered, and said no. */
    void refused(ErrorInfo error, boolean fatal);

    /** Nobody answered. */
    void unanswered(ErrorInfo error);
  }

  private final Loop loop;
  private final Timers timers;
  private final Transport.Dialer dialer;
  private final Duration webSocketPatience;
  private final Outcome outcome;
  private final Deque<Transport.Target> routes = new ArrayDeque<>();

  private @Nullable Wired current;
  private Scheduler.@Nullable Timer patience;
  private boolean over;

  Attempt(
      Loop loop,
      Timers timers,
      Transport.Dialer dialer,
      Duration webSocketPatience,
      Outcome outcome) {
    this.loop = loop;
    this.timers = timers;
    this.dialer = dialer;
    this.webSocketPatience = webSocketPatience;
    this.outcome = outcome;
  }

  void start(List<String> hosts, List<TransportKind> kinds, Map<String, String> params) {
    for (String host : hosts) {
      for (TransportKind kind : kinds) {
        routes.add(new Transport.Target(kind, host, params));
      }
    }
    next(Fault.DISCONNECTED.info());
  }

  void cancel() {
    over = true;
    leave();
  }

  private void leave() {
    if (patience != null) {
      patience.cancel();
      patience = null;
    }
    if (current != null) {
      current.close();
      current = null;
    }
  }

  private void next(ErrorInfo last) {
    leave();
    Transport.Target target = routes.poll();
    if (target == null) {
      over = true;
      outcome.unanswered(last);
      return;
    }
    LOG.debug("Connecting by {}", target);
    Wired wired = new Wired(loop, target, this);
    current = wired;
    wired.dial(dialer);
    if (target.kind() == TransportKind.WEB_SOCKET && !routes.isEmpty()) {
      patience =
          timers.after(
              webSocketPatience,
              () -> {
                LOG.debug("{} has not opened", target);
                next(Fault.TIMEOUT.info());
              });
    }
  }

  @Override
  public void opened(Wired from) {
    if (patience != null) {
      patience.cancel();
      patience = null;
    }
  }

  @Override
  public void frame(Wired from, Decoded decoded) {
    if (over || from != current || !(decoded instanceof Decoded.Ok(Frame frame))) {
      return;
    }
    switch (frame) {
      case Frame.Connected greeting -> {
        over = true;
        current = null;
        leave();
        outcome.connected(from, greeting);
      }
      case Frame.ProtocolError error when error.channel() == null ->
          refused(from, error.error(), !Credentials.blamesToken(error.error()));
      case Frame.Disconnected gone ->
          refused(from, gone.error() == null ? Fault.DISCONNECTED.info() : gone.error(), false);
      default -> LOG.debug("Before it is connected, the server sends {}", frame);
    }
  }

  /** What is wrong with a server may be right with the next one. */
  private void refused(Wired from, ErrorInfo error, boolean fatal) {
    if (error.statusCode() >= 500) {
      skipHost(from);
      if (!routes.isEmpty()) {
        next(error);
        return;
      }
    }
    cancel();
    outcome.refused(error, fatal && error.statusCode() < 500);
  }

  private void skipHost(Wired from) {
    routes.removeIf(route -> route.host().equals(from.target().host()));
  }

  @Override
  public void lost(Wired from, Transport.Loss why) {
    if (over || from != current) {
      return;
    }
    LOG.debug("{}: {} {}", from.target(), why.kind(), why.error().message());
    switch (why.kind()) {
      case UNREACHABLE -> skipHost(from);
      case REFUSED, BROKEN -> {}
    }
    current = null;
    next(why.error());
  }
}
