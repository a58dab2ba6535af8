package io.holdfast.client;

import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to connect: the hosts in turn, and on each the transports in turn, until the server
 * answers on one. Each host has its time; before the second one it is asked whether there is a
 * network at all. Owned by the loop; it ends by telling one outcome, or by being cancelled.
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

  /**
   * What every attempt of a client works with.
   *
   * @param hostPatience how long a host may take, by all transports together
   */
  record Means(
      Loop loop,
      Timers timers,
      Transport.Dialer dialer,
      Network network,
      Duration webSocketPatience,
      Duration hostPatience) {}

  private final Means means;
  private final Outcome outcome;
  private final Deque<Transport.Target> routes = new ArrayDeque<>();

  private @Nullable String host;
  private boolean networkAsked;
  private @Nullable Wired current;
  private Scheduler.@Nullable Timer patience;
  private Scheduler.@Nullable Timer deadline;
  private boolean over;

  Attempt(Means means, Outcome outcome) {
    this.means = means;
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
    end();
    leave();
  }

  private void end() {
    over = true;
    stopDeadline();
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
    Transport.Target target = routes.peek();
    if (target == null) {
      end();
      outcome.unanswered(last);
    } else if (host != null && !networkAsked && !target.host().equals(host)) {
      askNetwork(last);
    } else {
      routes.remove();
      dial(target);
    }
  }

  /** Without one the first host is not to blame, and is the one to be tried again. */
  private void askNetwork(ErrorInfo last) {
    networkAsked = true;
    stopDeadline();
    CompletableFuture<Void> unused =
        means
            .network()
            .up()
            .thenAccept(
                up ->
                    means
                        .loop()
                        .execute(
                            () -> {
                              if (!over && up) {
                                next(last);
                              } else if (!over) {
                                LOG.debug("There is no network");
                                end();
                                outcome.unanswered(last);
                              }
                            }));
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }

  private void dial(Transport.Target target) {
    LOG.debug("Connecting by {}", target);
    if (!target.host().equals(host)) {
      host = target.host();
      stopDeadline();
      deadline =
          means
              .timers()
              .after(
                  means.hostPatience(),
                  () -> {
                    LOG.debug("{} has not answered", target.host());
                    skipHost(target.host());
                    next(Fault.TIMEOUT.info());
                  });
    }
    Wired wired = new Wired(means.loop(), target, this);
    current = wired;
    wired.dial(means.dialer());
    Transport.Target behind = routes.peek();
    if (target.kind() == TransportKind.WEB_SOCKET
        && behind != null
        && behind.host().equals(target.host())) {
      patience =
          means
              .timers()
              .after(
                  means.webSocketPatience(),
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
        end();
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
      skipHost(from.target().host());
      if (!routes.isEmpty()) {
        next(error);
        return;
      }
    }
    cancel();
    outcome.refused(error, fatal && error.statusCode() < 500);
  }

  private void skipHost(String host) {
    routes.removeIf(route -> route.host().equals(host));
  }

  @Override
  public void lost(Wired from, Transport.Loss why) {
    if (over || from != current) {
      return;
    }
    LOG.debug("{}: {} {}", from.target(), why.kind(), why.error().message());
    switch (why.kind()) {
      case UNREACHABLE -> skipHost(from.target().host());
      case REFUSED, BROKEN -> {}
    }
    current = null;
    next(why.error());
  }
}
