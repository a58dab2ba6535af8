package io.holdfast.server;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** REST that is no channel's: the time, tokens, and what operators ask. */
final class NodeRoutes {
  private static final int KEY = 1;

  private final Clock clock;
  private final Authenticator authenticator;
  private final TokenRequests tokens;

  NodeRoutes(Clock clock, Authenticator authenticator, TokenRequests tokens) {
    this.clock = clock;
    this.authenticator = authenticator;
    this.tokens = tokens;
  }

  /**
   * Adds them.
   *
   * @param open whether the server takes who comes
   * @param metrics as Prometheus reads them
   */
  void addTo(Rest rest, BooleanSupplier open, Supplier<String> metrics) {
    rest.on("GET", "/time", request -> now(Response.ok(List.of(clock.millis()))))
        .on("POST", "/keys/*/requestToken", this::requestToken)
        .on("GET", "/keys/*/requestToken", this::noSuchKey)
        .on("GET", "/stats", this::stats)
        .on("GET", "/healthz", request -> now(Response.plain(200, "ok\n")))
        .on(
            "GET",
            "/readyz",
            request ->
                now(
                    open.getAsBoolean()
                        ? Response.plain(200, "ok\n")
                        : Response.plain(503, "stopping\n")))
        .on(
            "GET",
            "/metrics",
            request ->
                now(
                    new Response.Plain(
                        200, "text/plain; version=0.0.4; charset=utf-8", metrics.get())))
        .on("GET", "/is-the-internet-up.txt", request -> now(Response.plain(200, "yes")));
  }

  private static CompletableFuture<Response> now(Response response) {
    return CompletableFuture.completedFuture(response);
  }

  /** Only a POST issues tokens; whoever asks otherwise of a key that is none hears that first. */
  private CompletableFuture<Response> noSuchKey(Request request) {
    throw new Refusal(
        tokens.knows(request.target().segments().get(KEY))
            ? ErrorCode.METHOD_NOT_ALLOWED.info("this path takes POST")
            : ErrorCode.NOT_FOUND.info("there is no such key"));
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

  private CompletableFuture<Response> requestToken(Request request) {
    Object body = BodyCodec.decodeTree(request.bodyFormat(), request.body());
    if (body == null && request.body().length == 0) {
      body = Map.of();
    }
    if (!(body instanceof Map<?, ?> fields)) {
      throw new Refusal(ErrorCode.BAD_REQUEST.info("the body is not an object"));
    }
    Map<String, Object> named = new HashMap<>();
    fields.forEach((name, value) -> named.put(String.valueOf(name), value));
    Principal principal = request.hasCredentials() ? request.principal(authenticator) : null;
    String key = request.target().segments().get(KEY);
    return switch (tokens.answer(key, named, principal)) {
      case TokenRequests.Answer.Issued(Map<String, Object> details) ->
          now(Response.created(details));
      case TokenRequests.Answer.Refused(ErrorInfo error) -> throw new Refusal(error);
    };
  }
}
