package io.holdfast.server;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Finds out from credentials who is asking: by API key, by a token of ours or by a JWT. */
final class Authenticator {
  private final Apps apps;
  private final Secrets secrets;
  private final Revocations revocations;
  private final Clock clock;
  private final EarlyTokens early = new EarlyTokens();

  Authenticator(Apps apps, Secrets secrets, Revocations revocations, Clock clock) {
    this.apps = apps;
    this.secrets = secrets;
    this.revocations = revocations;
    this.clock = clock;
  }

  Authentication authenticate(Credentials credentials) {
    ErrorInfo fault = ClientIds.fault(credentials.clientId());
    if (fault != null) {
      return new Authentication.Refused(fault);
    }
    if (credentials.token() != null) {
      return credentials.token().isEmpty()
          ? refused(ErrorCode.INVALID_TOKEN.info("it is empty"))
          : byToken(credentials.token(), credentials.clientId());
    }
    if (credentials.key() != null) {
      return byKey(credentials.key(), credentials.clientId());
    }
    return refused(ErrorCode.INVALID_CREDENTIALS.info("no key and no token was given"));
  }

  /**
   * Whether what was shown may be good though this node does not know it: another node may have
   * made the key or the secret a moment ago.
   */
  boolean mayBeNews(Credentials credentials) {
    String key = credentials.key();
    String token = credentials.token();
    if (token != null) {
      String embedded = Jwt.looksLike(token) ? Jwt.embedded(token) : null;
      String whole = embedded == null ? token : embedded;
      return Jwt.looksLike(whole) ? ofUnknownKey(whole) : unknown(Token.read(whole, secrets));
    }
    return key != null && key.indexOf(':') > 0 && apps.key(key.split(":", 2)[0]) == null;
  }

  private boolean ofUnknownKey(String jwt) {
    try {
      return apps.key(Jwt.read(jwt).keyName()) == null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private boolean unknown(Token.Reading reading) {
    return switch (reading) {
      case Token.Reading.Malformed() -> false;
      case Token.Reading.Unrecognised() -> true;
      case Token.Reading.Genuine(Token token) -> apps.key(token.keyName()) == null;
    };
  }

  private Authentication byKey(String whole, @Nullable String clientId) {
    int colon = whole.indexOf(':');
    int dot = whole.indexOf('.');
    if (dot <= 0 || colon < dot + 2 || colon == whole.length() - 1) {
      return refused(ErrorCode.INVALID_CREDENTIALS.info("a key has the form APP.KEY:SECRET"));
    }
    App app = apps.app(whole.substring(0, dot));
    ApiKey key = apps.key(whole.substring(0, colon));
    if (app != null && key == null) {
      // What the public suites expect of a basic key: this code with 401 in place of its own 404.
      ErrorInfo info = ErrorCode.NOT_FOUND.info("the app has no such key");
      return refused(info.withStatus(401));
    }
    if (key == null || !key.hasSecret(whole.substring(colon + 1))) {
      return refused(ErrorCode.INVALID_CREDENTIALS.info("the key is not valid"));
    }
    String client = ClientIds.resolved(Principal.ANY_CLIENT, clientId);
    return new Authentication.Granted(
        new Principal(
            key.app(),
            key.name(),
            key.capability(),
            client,
            Issued.NEVER,
            0,
            null,
            false,
            PublishRates.NONE));
  }

  private Authentication byToken(String text, @Nullable String clientId) {
    if (!Jwt.looksLike(text)) {
      return byOurs(text, clientId);
    }
    String embedded = Jwt.embedded(text);
    if (embedded == null) {
      return byJwt(text, clientId);
    }
    return Jwt.looksLike(embedded) ? byJwt(embedded, clientId) : byOurs(embedded, clientId);
  }

  private Authentication byOurs(String text, @Nullable String clientId) {
    return switch (Token.read(text, secrets)) {
      // Not a code of tokens: upon those SDKs ask for the next, which would be like it, for ever.
      case Token.Reading.Malformed() ->
          refused(ErrorCode.INVALID_CREDENTIALS.info("what was given as a token is none"));
      case Token.Reading.Unrecognised() ->
          refused(
              apps.app(text.substring(0, text.indexOf('.'))) == null
                  ? ErrorCode.NOT_FOUND.info("there is no such app")
                  : ErrorCode.TOKEN_UNRECOGNISED.info());
      case Token.Reading.Genuine(Token token) -> {
        if (apps.key(token.keyName()) == null) {
          yield refused(ErrorCode.TOKEN_UNRECOGNISED.info("its key has been removed"));
        }
        yield withToken(
            new Principal(
                token.app(),
                token.keyName(),
                token.capability(),
                token.clientId(),
                Issued.at(token.issued()),
                token.expires(),
                null,
                true,
                PublishRates.NONE),
            clientId);
      }
    };
  }

  private Authentication byJwt(String text, @Nullable String clientId) {
    try {
      Jwt jwt = Jwt.read(text);
      ApiKey key = apps.key(jwt.keyName());
      if (key == null) {
        return refused(ErrorCode.NOT_FOUND.info("there is no key of the name in the JWT's kid"));
      }
      if (!jwt.signedWith(key.secret())) {
        return refused(ErrorCode.INVALID_JWT.info("signature verification failed"));
      }
      Jwt.Claims claims = jwt.claims();
      claims.begun(clock.millis());
      ErrorInfo fault = ClientIds.fault(claims.clientId());
      if (fault != null) {
        return refused(fault);
      }
      if (key.revocableTokens()
          && claims.expires() - claims.issued() > Revocations.MAX_TTL.toMillis()) {
        return refused(
            ErrorCode.INVALID_JWT.info(
                "its key's tokens can be revoked, so it may live no longer than an hour"));
      }
      Capability asked = claims.capability();
      Capability capability = asked == null ? key.capability() : key.capability().intersect(asked);
      if (capability.isEmpty()) {
        return refused(
            ErrorCode.CAPABILITY_DENIED.info("the JWT asks for nothing that its key allows"));
      }
      return withToken(
          new Principal(
              key.app(),
              key.name(),
              capability,
              claims.clientId(),
              issued(text, key, claims),
              claims.expires(),
              claims.revocationKey(),
              true,
              claims.rates()),
          clientId);
    } catch (IllegalArgumentException e) {
      return refused(ErrorCode.INVALID_JWT.info(String.valueOf(e.getMessage())));
    }
  }

  private Issued issued(String text, ApiKey key, Jwt.Claims claims) {
    Issued said = Issued.claimed(claims.issued());
    return key.revocableTokens() ? early.issued(text, said, clock.millis()) : said;
  }

  private Authentication withToken(Principal principal, @Nullable String claimed) {
    if (principal.expired(clock.millis())) {
      return refused(ErrorCode.TOKEN_EXPIRED.info());
    }
    if (!ClientIds.compatible(principal.clientId(), claimed)) {
      return refused(
          ErrorCode.INCOMPATIBLE_CREDENTIALS.info("the client id is not that of the token"));
    }
    Principal known = principal.withClientId(ClientIds.resolved(principal.clientId(), claimed));
    return revocations.revoked(principal) || revocations.revoked(known)
        ? refused(ErrorCode.TOKEN_REVOKED.info())
        : new Authentication.Granted(known);
  }

  /** Whether credentials that were good a moment ago have been taken back since. */
  boolean takenBack(Principal principal) {
    return apps.key(principal.keyName()) == null || revocations.revoked(principal);
  }

  private static Authentication refused(ErrorInfo error) {
    return new Authentication.Refused(error);
  }
}
