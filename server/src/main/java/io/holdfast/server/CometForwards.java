package io.holdfast.server;

import io.holdfast.channels.Timers;
import io.holdfast.nodes.Nodes;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.server.RelayWire.Piece;
import io.holdfast.server.RelayWire.Told;
import io.holdfast.server.RelayWire.Verdict;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Comet requests that came here and whose transport is another node's. Each goes there, and what is
 * answered there goes to the client as it comes. When something of an answer may be missing, the
 * client's socket breaks, and it resumes.
 */
final class CometForwards implements Comet.Way {
  private static final Logger log = LoggerFactory.getLogger(CometForwards.class);

  /** To the node that has the transport, and back. */
  static final String REQUESTS = "comet.requests";

  static final String ANSWERS = "comet.answers";

  /** What goes at once; the nodes' way takes no more than some megabytes. */
  static final int PIECE_BYTES = 256 << 10;

  private static final int OPEN_MAX = 20_000;
  private static final long CHECK_MS = 5_000;

  private final Nodes nodes;
  private final Function<String, @Nullable String> nodeOf;
  private final Insistence insistence;
  private final Map<Long, Forwarded> open = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();

  /**
   * Requests for other nodes' transports.
   *
   * @param nodeOf the run of the node that gave out a key, or null
   */
  CometForwards(Nodes nodes, Timers timers, Function<String, @Nullable String> nodeOf) {
    this.nodes = nodes;
    this.nodeOf = nodeOf;
    this.insistence = new Insistence(nodes, timers);
    nodes.answer(ANSWERS, this::answered);
    nodes.onChange(this::changed);
    check();
  }

  @Override
  public @Nullable String node(String key) {
    String boot = nodeOf.apply(key);
    return boot == null || boot.equals(nodes.boot()) || !nodes.alive(boot) ? null : boot;
  }

  @Override
  public void forward(Exchange exchange, String boot) {
    if (open.size() >= OPEN_MAX) {
      throw new Refusal(ErrorCode.BUSY.info("too many requests are under way to other nodes"));
    }
    Forwarded forwarded = new Forwarded(ids.incrementAndGet(), boot, exchange);
    open.put(forwarded.id, forwarded);
    exchange.watch(forwarded);
    forwarded.send(RelayWire.bytes(exchange.request()), 0, 0);
  }

  /** This node is about to stop: clients are to ask elsewhere. */
  void drain() {
    open.values().forEach(Forwarded::leaving);
  }

  private CompletableFuture<byte[]> answered(String from, byte[] bytes) {
    Piece piece = RelayWire.piece(bytes);
    Forwarded forwarded = open.get(piece.id());
    return forwarded == null || !forwarded.boot.equals(from)
        ? CompletableFuture.completedFuture(Verdict.UNKNOWN.bytes())
        : forwarded.take(piece).thenApply(Verdict::bytes);
  }

  private void changed() {
    for (Forwarded forwarded : open.values()) {
      if (!nodes.alive(forwarded.boot)) {
        forwarded.lost();
      }
    }
  }

  /**
   * A node that has given a request up, as it was not heard there, may not have been heard here.
   */
  private void check() {
    Map<String, List<Long>> asked = new HashMap<>();
    for (Forwarded forwarded : open.values()) {
      if (forwarded.sent) {
        asked.computeIfAbsent(forwarded.boot, _ -> new ArrayList<>()).add(forwarded.id);
      }
    }
    asked.forEach(
        (boot, ids) -> {
          var _ =
              nodes
                  .ask(boot, REQUESTS, RelayWire.bytes(new Told.Still(ids)))
                  .thenAccept(
                      unknown -> {
                        if (unknown != null) {
                          RelayWire.ids(unknown).forEach(this::lost);
                        }
                      });
        });
    insistence.later(CHECK_MS, this::check);
  }

  private void lost(long id) {
    Forwarded forwarded = open.get(id);
    if (forwarded != null) {
      forwarded.lost();
    }
  }

  /** One request. */
  private final class Forwarded implements Exchange.Watcher {
    private final long id;
    private final String boot;
    private final Exchange exchange;
    private volatile boolean sent;

    // Guarded by this.
    private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
    private int next;
    private int written;

    Forwarded(long id, String boot, Exchange exchange) {
      this.id = id;
      this.boot = boot;
      this.exchange = exchange;
    }

    void send(byte[] request, int number, int from) {
      int until = Math.min(request.length, from + PIECE_BYTES);
      boolean last = until == request.length;
      Told part = new Told.Part(id, number, last, Arrays.copyOfRange(request, from, until));
      var _ =
          insistence
              .ask(boot, REQUESTS, RelayWire.bytes(part))
              .thenAccept(
                  answer -> {
                    switch (Verdict.of(answer)) {
                      case TAKEN -> {
                        if (last) {
                          sent = true;
                        } else {
                          send(request, number + 1, until);
                        }
                      }
                      case FULL -> {
                        exchange.answer(
                            Response.fault(ErrorCode.BUSY.info("the node asked has no room")));
                        open.remove(id);
                      }
                      case UNKNOWN, WRITING -> lost();
                    }
                  });
    }

    /** Completes when the client's socket has taken it. */
    synchronized CompletableFuture<Verdict> take(Piece piece) {
      if (piece.number() < next) {
        Verdict before = piece.number() < written ? Verdict.TAKEN : Verdict.WRITING;
        return CompletableFuture.completedFuture(before);
      }
      if (piece.number() > next) {
        lost();
        return CompletableFuture.completedFuture(Verdict.UNKNOWN);
      }
      next++;
      CompletableFuture<Verdict> taken = new CompletableFuture<>();
      if (piece.whole()) {
        whole.writeBytes(piece.bytes());
        written(piece, taken);
      } else {
        if (!piece.type().isEmpty()) {
          exchange.begin(piece.type());
        }
        if (piece.bytes().length == 0) {
          written(piece, taken);
        } else {
          exchange.send(piece.bytes(), () -> written(piece, taken));
        }
      }
      if (piece.last()) {
        open.remove(id);
        if (piece.whole()) {
          exchange.answer(RelayWire.response(whole.toByteArray()));
        } else {
          exchange.end();
        }
      }
      return taken;
    }

    private synchronized void written(Piece piece, CompletableFuture<Verdict> taken) {
      written = piece.number() + 1;
      taken.complete(Verdict.TAKEN);
    }

    /** Something is missing, or may be. */
    void lost() {
      if (open.remove(id) != null) {
        log.debug("a comet request is lost on its way to node {}", boot);
        exchange.answer(Response.fault(CometSession.gone()));
        exchange.breakOff();
      }
    }

    /** The client has; told too when it does so after its answer, which it may not have seen. */
    @Override
    public void gone() {
      open.remove(id);
      var _ = insistence.ask(boot, REQUESTS, RelayWire.bytes(new Told.HungUp(id)));
    }

    @Override
    public void leaving() {
      var _ = insistence.ask(boot, REQUESTS, RelayWire.bytes(new Told.Leaving(id)));
    }
  }
}
