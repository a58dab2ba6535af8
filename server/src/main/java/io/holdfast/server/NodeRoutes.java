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
