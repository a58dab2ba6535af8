package io.holdfast.server;

import io.holdfast.connections.ConnectRequest;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

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
  private final Way way;

  /** By every key that was given to one and may still be used. */
  private final ConcurrentHashMap<String, CometSession> sessions = new ConcurrentHashMap<>();

  /** Where the transports of other nodes are. */
  interface Way {
    /** The other node that a key's transport is on; null when there is none, or it is gone. */
    @Nullable String node(String key);

    void forward(Exchange exchange, String node);
  }

  /**
   * The way in.
   *
   * @param maxFrame what one frame may have, bytes
   * @param idle how long clients are left without a word
   */
  Comet(Reception reception, Traffic traffic, int maxFrame, Duration idle, Way way) {
    this.reception = reception;
    this.traffic = traffic;
    this.maxFrame = maxFrame;
    this.patience = CometPatience.of(idle.toMillis());
    this.way = way;
  }

  /** Whether the request is one to send, of a connection that is there. */
  boolean expects(String uri) {
    int mark = uri.indexOf('?');
    String path = mark < 0 ? uri : uri.substring(0, mark);
    if (!path.startsWith(ROOT)
        || !path.endsWith(SEND)
        || path.length() <= ROOT.length() + SEND.length()) {
      return false;
    }
    String key = path.substring(ROOT.length(), path.length() - SEND.length());
    return sessions.containsKey(key) || way.node(key) != null;
  }

  /**
   * Answers one request.
   *
   * @param open whether the server takes new connections
   */
  void answer(SocketExchange exchange, boolean open) {
    List<String> path = exchange.request().target().segments();
    if (path.size() == VERB && path.get(KEY).equals("connect")) {
      method(exchange, "GET");
      connect(exchange, open);
      return;
    }
    if (!answer(exchange)) {
      String node = way.node(path.get(KEY));
      if (node == null) {
        throw new Refusal(CometSession.gone());
      }
      way.forward(exchange, node);
    }
  }

  /** Answers one that another node has passed on. */
  void answerGuest(Exchange exchange) {
    if (!answer(exchange)) {
      throw new Refusal(CometSession.gone());
    }
  }

  /** Answers a request for a transport; false when it is none of this node's. */
  private boolean answer(Exchange exchange) {
    List<String> path = exchange.request().target().segments();
    if (path.size() != VERB + 1) {
      throw new Refusal(ErrorCode.NOT_FOUND.info("nothing is at this path"));
    }
    String verb = path.get(VERB);
    switch (verb) {
      case "recv" -> method(exchange, "GET");
      case "send" -> method(exchange, "POST");
      case "close", "disconnect" -> {}
      default -> throw new Refusal(ErrorCode.NOT_FOUND.info("nothing is at this path"));
    }
    CometSession session = session(exchange);
    if (session == null) {
      return false;
    }
    switch (verb) {
      case "recv" -> session.receive(exchange);
      case "send" -> session.send(exchange, maxFrame);
      default -> session.leave(exchange, verb.equals("close"));
    }
    return true;
  }

  private static void method(Exchange exchange, String wanted) {
    if (!exchange.request().method().equals(wanted)) {
      throw new Refusal(ErrorCode.METHOD_NOT_ALLOWED.info("this path takes " + wanted));
    }
  }

  private void connect(SocketExchange exchange, boolean open) {
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

  /** The connection a request is for, if whoever asks may; null when it is not here. */
  private @Nullable CometSession session(Exchange exchange) {
    Principal principal = reception.known(exchange.request());
    CometSession session = sessions.get(exchange.request().target().segments().get(KEY));
    if (session != null && !session.app().equals(principal.app())) {
      throw new Refusal(CometSession.gone());
    }
    return session;
  }
}
