package io.holdfast.server;

import io.holdfast.protocol.ErrorCode;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** REST that is no channel's: the time and what operators ask. */
final class NodeRoutes {
  private final Clock clock;
  private final Authenticator authenticator;

  NodeRoutes(Clock clock, Authenticator authenticator) {
    this.clock = clock;
    this.authenticator = authenticator;
  }

  /**
   * Adds them.
   *
   * @param open whether the server takes who comes
   * @param ready whether it knows what is stored
   * @param metrics as Prometheus reads them
   */
  void addTo(Rest rest, BooleanSupplier open, BooleanSupplier ready, Supplier<String> metrics) {
    rest.on("GET", "/time", request -> now(Response.ok(List.of(clock.millis()))))
        .on("GET", "/stats", this::stats)
        .on("GET", "/healthz", request -> now(Response.plain(200, "ok\n")))
        .on("GET", "/readyz", request -> now(readiness(open.getAsBoolean(), ready.getAsBoolean())))
        .on(
            "GET",
            "/metrics",
            request ->
                now(
                    new Response.Plain(
                        200, "text/plain; version=0.0.4; charset=utf-8", metrics.get())))
        .on("GET", "/is-the-internet-up.txt", request -> now(Response.plain(200, "yes")));
  }

  private static Response readiness(boolean open, boolean ready) {
    if (!open) {
      return Response.plain(503, "stopping\n");
    }
    return ready
        ? Response.plain(200, "ok\n")
        : Response.plain(503, "the journal's servers do not answer\n");
  }

  private static CompletableFuture<Response> now(Response response) {
    return CompletableFuture.completedFuture(response);
  }

  /** Nothing is counted yet, so every page is empty. */
  private CompletableFuture<Response> stats(Request request) {
    Principal principal = request.principal(authenticator);
    if (!principal.capability().permits(Operation.STATS)) {
      throw new Refusal(ErrorCode.CAPABILITY_DENIED.info("stats is not allowed"));
    }
    PageParams.limit(request.target());
    return now(new Response.Tree(200, List.of(), PageParams.links(request.target(), null)));
  }
}
