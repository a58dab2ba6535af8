package io.holdfast.server;

import io.holdfast.journal.Registry;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Issues tokens: to who signs the request with a key's secret, and to who has shown the key itself.
 */
final class TokenRequests {
  static final Duration DEFAULT_TTL = Duration.ofHours(1);
  static final Duration MAX_TTL = Duration.ofHours(24);

  /** How far a request's clock may be from ours. */
  static final Duration WINDOW = Duration.ofMinutes(2);

  private static final int MAX_NONCES = 200_000;

  private final Apps apps;
  private final Secrets secrets;
  private final Clock clock;
  private final RandomGenerator random;
  private final Nonces nonces;

  TokenRequests(
      Registry registry, Apps apps, Secrets secrets, Clock clock, RandomGenerator random) {
    this.apps = apps;
    this.secrets = secrets;
    this.clock = clock;
    this.random = random;
    // From the earliest that a request is taken to the latest lie two windows.
    this.nonces = new Nonces(registry, clock, WINDOW.multipliedBy(2), MAX_NONCES);
  }

  /** What came of a request. */
  sealed interface Answer {
    /** The fields of TokenDetails in the order in which they are written. */
    record Issued(Map<String, Object> details) implements Answer {}

    record Refused(ErrorInfo error) implements Answer {}
  }

  /**
   * Answers a request. Blocks while a nonce is kept.
   *
   * @param keyName the key that its path names
   * @param body its parsed body
   * @param principal who its authorization header says is asking, or null without one
   */
  Answer answer(
      String keyName, Map<String, ? extends @Nullable Object> body, @Nullable Principal principal) {
    ApiKey key = apps.key(keyName);
    if (key == null) {
      return new Answer.Refused(ErrorCode.NOT_FOUND.info("there is no such key"));
    }
    TokenRequest request = TokenRequest.of(body);
    ErrorInfo fault = request.signed() ? bySignature(key, request) : byKey(key, request, principal);
    return fault == null ? issue(key, request) : new Answer.Refused(fault);
  }

  private @Nullable ErrorInfo bySignature(ApiKey key, TokenRequest request) {
    if (!key.name().equals(request.keyName())) {
      return ErrorCode.INVALID_CREDENTIALS.info("the request was signed for another key");
    }
    // The empty client id is told apart first: it signs like an absent one.
    ErrorInfo fault = ClientIds.fault(request.clientId());
    if (fault != null) {
      return fault;
    }
    if (!request.signedWith(key.secret())) {
      return ErrorCode.INVALID_CREDENTIALS.info("the mac of the token request is wrong");
    }
    Long timestamp = number(request.timestamp());
    if (timestamp == null || Math.abs(clock.millis() - timestamp) > WINDOW.toMillis()) {
      return ErrorCode.TOKEN_REQUEST_TIME.info();
    }
    if (!request.nonceUsable()) {
      return ErrorCode.BAD_PARAMETER.info("the token request needs a nonce");
    }
    // Clients may use one again at another time; it is the very same request that must not work.
    return switch (nonces.take(key.name(), request.nonce() + " " + timestamp)) {
      case FRESH -> null;
      case USED -> ErrorCode.NONCE_REUSED.info();
      case FULL -> ErrorCode.RATE_LIMITED.info("too many token requests").after(nonces.roomIn());
    };
  }

  private static @Nullable ErrorInfo byKey(
      ApiKey key, TokenRequest request, @Nullable Principal principal) {
    if (principal == null) {
      return ErrorCode.INVALID_CREDENTIALS.info(
          "the token request is not signed and no key was shown");
    }
    if (principal.tokenBased()) {
      // A token that could ask for tokens would never end, and could grow to its key's capability.
      return ErrorCode.NEEDS_KEY.info();
    }
    if (!principal.keyName().equals(key.name())
        || (request.keyName() != null && !request.keyName().equals(key.name()))) {
      return ErrorCode.INVALID_CREDENTIALS.info("the key shown is not the one asked of");
    }
    return null;
  }

  private Answer issue(ApiKey key, TokenRequest request) {
    ErrorInfo fault = ClientIds.fault(request.clientId());
    if (fault != null) {
      return new Answer.Refused(fault);
    }
    Long ttl = request.ttl() == null ? Long.valueOf(DEFAULT_TTL.toMillis()) : number(request.ttl());
    long maxTtl = (key.revocableTokens() ? Revocations.MAX_TTL : MAX_TTL).toMillis();
    if (ttl == null || ttl <= 0 || ttl > maxTtl) {
      return new Answer.Refused(
          ErrorCode.BAD_PARAMETER.info("ttl must be from 1 to " + maxTtl + " ms for this key"));
    }
    Capability capability = key.capability();
    if (request.capability() != null && !request.capability().isEmpty()) {
      try {
        capability = capability.intersect(Capability.parse(request.capability()));
      } catch (IllegalArgumentException e) {
        return new Answer.Refused(ErrorCode.BAD_REQUEST.info(String.valueOf(e.getMessage())));
      }
    }
    if (capability.isEmpty()) {
      return new Answer.Refused(
          ErrorCode.CAPABILITY_DENIED.info("nothing that was asked for is allowed to the key"));
    }
    long now = clock.millis();
    return new Answer.Issued(
        details(
            new Token(
                key.name(), capability, request.clientId(), now, now + ttl, random.nextLong())));
  }

  private Map<String, Object> details(Token token) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("token", token.text(secrets));
    details.put("keyName", token.keyName());
    details.put("issued", token.issued());
    details.put("expires", token.expires());
    details.put("capability", token.capability().text());
    if (token.clientId() != null) {
      details.put("clientId", token.clientId());
    }
    return details;
  }

  private static @Nullable Long number(@Nullable String text) {
    try {
      return text == null ? null : Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
