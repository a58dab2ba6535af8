package io.holdfast.server;

import io.holdfast.connections.ConnectRequest;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The way in for clients whose network lets no WebSocket through: frames come in the bodies of
 * requests and leave in answers that are held back until there is something to say. A connection is
 * named by its key in the path, and whoever asks shows credentials every time.
 */
final class Comet {
  private static final String ROOT = "/comet/";
  private static final String SEND = "/send";
  private static final int KEY = 1;
  private static final int VERB = 2;

  private final Reception reception;
  private final Traffic traffic;
  private final int maxFrame;
  private final CometPatience patience;

  /** By every key that was given to one and may still be used. */
  private final ConcurrentHashMap<String, CometSession> sessions = new ConcurrentHashMap<>();

  /**
   * The way in.
   *
   * @param maxFrame what one frame may have, bytes
   * @param idle how long clients are left without a word
   */
  Comet(Reception reception, Traffic traffic, int maxFrame, Duration idle) {
    this.reception = reception;
    this.traffic = traffic;
    this.maxFrame = maxFrame;
    this.patience = CometPatience.of(idle.toMillis());
  }

  /** Whether the request is one to send, of a connection that is there. */
  boolean expects(String uri) {
    int mark = uri.indexOf('?');
    String path = mark < 0 ? uri : uri.substring(0, mark);
    return path.startsWith(ROOT)
        && path.endsWith(SEND)
        && path.length() > ROOT.length() + SEND.length()
        && sessions.containsKey(path.substring(ROOT.length(), path.length() - SEND.length()));
  }

  /**
   * Answers one request.
   *
   * @param open whether the server takes new connections
   */
  void answer(Exchange exchange, boolean open) {
    List<String> path = exchange.request().target().segments();
    if (path.size() == VERB && path.get(KEY).equals("connect")) {
      method(exchange, "GET");
      connect(exchange, open);
      return;
    }
    if (path.size() != VERB + 1) {
      throw new Refusal(ErrorCode.NOT_FOUND.info("nothing is at this path"));
    }
    switch (path.get(VERB)) {
      case "recv" -> {
        method(exchange, "GET");
        session(exchange).receive(exchange);
      }
      case "send" -> {
        method(exchange, "POST");
        session(exchange).send(exchange, maxFrame);
      }
      case "close" -> session(exchange).leave(exchange, true);
      case "disconnect" -> session(exchange).leave(exchange, false);
      default -> throw new Refusal(ErrorCode.NOT_FOUND.info("nothing is at this path"));
    }
  }

  private static void method(Exchange exchange, String wanted) {
    if (!exchange.request().method().equals(wanted)) {
      throw new Refusal(ErrorCode.METHOD_NOT_ALLOWED.info("this path takes " + wanted));
    }
  }

  private void connect(Exchange exchange, boolean open) {
    if (!open) {
      throw new Refusal(Refusal.stopping());
    }
    Request request = exchange.request();
    switch (reception.read(request.target(), request.headers(), Reception.OLDEST_VERSION)) {
      case Reception.Reading.Refused(ErrorInfo error) -> throw new Refusal(error);
      case Reception.Reading.Welcome(Principal principal, ConnectRequest wanted) -> {
        boolean streaming = !"false".equals(request.target().param("stream"));
        CometSession session =
            new CometSession(
                sessions,
                exchange.loop(),
                principal.app(),
                streaming,
                patience,
                traffic.new Waiting());
        session.connect(exchange, transport -> reception.open(transport, wanted.withHeartbeats()));
      }
    }
  }

  /** The connection a request is for, if whoever asks may. */
  private CometSession session(Exchange exchange) {
    Principal principal = reception.known(exchange.request());
    CometSession session = sessions.get(exchange.request().target().segments().get(KEY));
    if (session == null || !session.app().equals(principal.app())) {
      throw new Refusal(CometSession.gone());
    }
    return session;
  }
}
