package io.holdfast.server;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** REST under {@code /keys}: tokens are issued and taken back. */
final class KeyRoutes {
  private static final int KEY = 1;
  private static final int MAX_TARGETS = 100;

  private final Clock clock;
  private final Authenticator authenticator;
  private final Apps apps;
  private final TokenRequests tokens;
  private final Revocations revocations;
  private final Tidings tidings;

  KeyRoutes(
      Clock clock,
      Authenticator authenticator,
      Apps apps,
      TokenRequests tokens,
      Revocations revocations,
      Tidings tidings) {
    this.clock = clock;
    this.authenticator = authenticator;
    this.apps = apps;
    this.tokens = tokens;
    this.revocations = revocations;
    this.tidings = tidings;
  }

  void addTo(Rest rest) {
    rest.on("POST", "/keys/*/requestToken", request -> blocking(() -> requestToken(request)))
        .on("GET", "/keys/*/requestToken", this::noSuchKey)
        .on("POST", "/keys/*/revokeTokens", request -> blocking(() -> revokeTokens(request)));
  }

  /** The registry is written to, which an event loop must not wait for. */
  private static CompletableFuture<Response> blocking(Supplier<Response> task) {
    return CompletableFuture.supplyAsync(task, work -> Thread.ofVirtual().start(work));
  }

  private static String key(Request request) {
    return request.target().segments().get(KEY);
  }

  private Response requestToken(Request request) {
    Fields fields = Fields.of(request);
    Principal principal = request.hasCredentials() ? request.principal(authenticator) : null;
    return switch (tokens.answer(key(request), fields.all(), principal)) {
      case TokenRequests.Answer.Issued(Map<String, Object> details) -> Response.created(details);
      case TokenRequests.Answer.Refused(ErrorInfo error) -> throw new Refusal(error);
    };
  }

  /** Only a POST issues tokens; whoever asks otherwise of a key that is none hears that first. */
  private CompletableFuture<Response> noSuchKey(Request request) {
    throw new Refusal(
        apps.key(key(request)) != null
            ? ErrorCode.METHOD_NOT_ALLOWED.info("this path takes POST")
            : ErrorCode.NOT_FOUND.info("there is no such key"));
  }

  private Response revokeTokens(Request request) {
    ApiKey key = allowed(request);
    Fields body = Fields.of(request);
    long now = clock.millis();
    long before = body.number("issuedBefore", now, now);
    boolean margin = body.flag("allowReauthMargin");
    // A client that asks for a margin is given all of it from the moment its request has arrived.
    long appliesAt = margin ? now + Revocations.MARGIN.toMillis() + 1 : now;
    // From when on nothing is left of it: connections of JWTs last to the end of the second.
    long over = Math.max(appliesAt, Issued.secondAfter(before));
    List<?> targets = body.items("targets");
    if (targets.isEmpty() || targets.size() > MAX_TARGETS) {
      throw new Refusal(
          ErrorCode.BAD_PARAMETER.info("targets must be a list of 1 to " + MAX_TARGETS));
    }
    List<Map<String, Object>> results = new ArrayList<>();
    for (Object text : targets) {
      results.add(revoke(key, String.valueOf(text), before, appliesAt, over));
    }
    tidings.spread();
    return BatchResults.one(request, 200, results);
  }

  private ApiKey allowed(Request request) {
    Principal principal = request.principal(authenticator);
    if (principal.tokenBased()) {
      throw new Refusal(ErrorCode.NEEDS_KEY.info("only a key takes its tokens back"));
    }
    ApiKey key = apps.key(key(request));
    if (key == null) {
      throw new Refusal(ErrorCode.NOT_FOUND.info("there is no such key"));
    }
    if (!principal.keyName().equals(key.name())) {
      throw new Refusal(ErrorCode.NEEDS_KEY.info("the key shown is not the one asked of"));
    }
    if (!key.revocableTokens()) {
      throw new Refusal(ErrorCode.REVOCATION_DISABLED.info());
    }
    return key;
  }

  private Map<String, Object> revoke(
      ApiKey key, String text, long before, long appliesAt, long over) {
    try {
      revocations.revoke(key, Revocation.Target.of(text), before, appliesAt);
    } catch (IllegalArgumentException e) {
      ErrorInfo error = ErrorCode.BAD_PARAMETER.info(String.valueOf(e.getMessage()));
      return BatchResults.failed("target", text, error);
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("target", text);
    result.put("issuedBefore", before);
    result.put("appliesAt", over);
    return result;
  }
}
