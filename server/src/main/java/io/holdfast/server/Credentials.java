package io.holdfast.server;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a client brought to say who it is, not yet looked at.
 *
 * @param key {@code app.id:secret}; null when it brought none
 * @param token a token of ours or a JWT; null when it brought none
 * @param clientId the client id it claims; null when it claims none
 */
record Credentials(@Nullable String key, @Nullable String token, @Nullable String clientId) {
  private static final String BASIC = "basic ";
  private static final String BEARER = "bearer ";

  static Credentials ofToken(String token) {
    return new Credentials(null, token, null);
  }

  /**
   * Those of a request: its header if it has one, else its query.
   *
   * @param authorization the header, or null
   * @param queryKey the parameter {@code key}, or null
   * @param queryToken the parameter {@code access_token} or {@code accessToken}, or null
   * @param clientId the claimed client id in plain text, or null
   */
  static Credentials of(
      @Nullable String authorization,
      @Nullable String queryKey,
      @Nullable String queryToken,
      @Nullable String clientId) {
    if (authorization != null && startsWith(authorization, BASIC)) {
      String value = authorization.substring(BASIC.length()).strip();
      String key = decoded(value);
      return new Credentials(key == null ? value : key, null, clientId);
    }
    if (authorization != null && startsWith(authorization, BEARER)) {
      return new Credentials(
          null, bearer(authorization.substring(BEARER.length()).strip()), clientId);
    }
    return new Credentials(queryKey, queryToken, clientId);
  }

  /** The text in base64, of either alphabet; null when it is none, or no text in UTF-8. */
  static @Nullable String decoded(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64.replace('-', '+').replace('_', '/'));
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return null;
    }
  }

  // SDKs send base64 of the token, people send the token; only the latter has dots.
  private static String bearer(String value) {
    String token = value.indexOf('.') >= 0 ? null : decoded(value);
    return token == null ? value : token;
  }

  private static boolean startsWith(String header, String scheme) {
    return header.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  /** Says no secret. */
  @Override
  public String toString() {
    return "credentials by " + (key != null ? "key" : token != null ? "token" : "nothing");
  }
}
