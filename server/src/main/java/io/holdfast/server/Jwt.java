package io.holdfast.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JWT that a client's own server signed with the secret of an API key.
 *
 * @param keyName its {@code kid}
 */
record Jwt(String keyName, JWSObject object) {
  private static final String CAPABILITY = "x-ably-capability";
  private static final String CLIENT_ID = "x-ably-clientId";
  private static final String REVOCATION_KEY = "x-ably-revocation-key";
  private static final String TOKEN = "x-ably-token";
  private static final int SIGNED_DOTS = 2;
  private static final int ENCRYPTED_DOTS = 4;

  /** Clocks of two machines differ a little; whoever signs does not want to wait for ours. */
  private static final long SKEW_MS = 30_000;

  /** How far ahead of ours the clock may be by which one is issued. */
  static final Duration AHEAD = Duration.ofMinutes(2);

  /** What it says, once its signature has been found to be right. */
  record Claims(
      @Nullable Capability capability,
      @Nullable String clientId,
      @Nullable String revocationKey,
      PublishRates rates,
      long issued,
      long notBefore,
      long expires) {
    /**
     * That its time has come.
     *
     * @throws IllegalArgumentException with a sentence for the client when it has not
     */
    void begun(long now) {
      if (notBefore > now + SKEW_MS) {
        throw new IllegalArgumentException("it is not valid yet, its nbf is in the future");
      }
      if (issued > now + AHEAD.toMillis()) {
        throw new IllegalArgumentException(
            "its iat is in the future; set the clock of the server that signed it");
      }
    }
  }

  static boolean looksLike(String token) {
    return dots(token) == SIGNED_DOTS || dots(token) == ENCRYPTED_DOTS;
  }

  private static long dots(String token) {
    return token.chars().filter(c -> c == '.').count();
  }

  /**
   * The token that somebody else's JWT carries for us; null when it carries none. In its header, or
   * in the claims of one that is signed only: the rest of it, its signature too, is theirs.
   */
  static @Nullable String embedded(String text) {
    String[] parts = text.split("\\.", -1);
    String token = text(parts[0], TOKEN);
    return token == null && dots(text) == SIGNED_DOTS ? text(parts[1], TOKEN) : token;
  }

  private static @Nullable String text(String base64, String field) {
    try {
      byte[] json = Base64.getUrlDecoder().decode(base64);
      JsonNode value = Json.object(json).get(field);
      return value != null && value.isTextual() ? value.textValue() : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * Reads one; its signature has not been looked at.
   *
   * @throws IllegalArgumentException with a sentence for the client when it is none that we take
   */
  static Jwt read(String text) {
    JWSObject object;
    try {
      object = JWSObject.parse(text);
    } catch (ParseException e) {
      throw new IllegalArgumentException("it cannot be read as a signed JWT", e);
    }
    // Any other algorithm, and above all none, would let a client choose how it is checked.
    if (!JWSAlgorithm.HS256.equals(object.getHeader().getAlgorithm())) {
      throw new IllegalArgumentException("its algorithm is not HS256");
    }
    String kid = object.getHeader().getKeyID();
    if (kid == null || kid.isEmpty()) {
      throw new IllegalArgumentException("its header has no kid that names a key");
    }
    return new Jwt(kid, object);
  }

  /** Own arithmetic, because the library refuses secrets shorter than 32 bytes. */
  boolean signedWith(String secret) {
    byte[] mac = Hmac.sha256(secret.getBytes(StandardCharsets.UTF_8), object.getSigningInput());
    return MessageDigest.isEqual(mac, object.getSignature().decode());
  }

  /**
   * Its claims.
   *
   * @throws IllegalArgumentException with a sentence for the client when they are not as they must
   */
  Claims claims() {
    Map<String, Object> claims = object.getPayload().toJSONObject();
    if (claims == null) {
      throw new IllegalArgumentException("its payload is not a JSON object");
    }
    if (claims.get("exp") == null) {
      throw new IllegalArgumentException("it has no exp");
    }
    Object capability = claims.get(CAPABILITY);
    return new Claims(
        capability == null
            ? null
            : Capability.parse(capability instanceof String text ? text : Json.text(capability)),
        text(claims, CLIENT_ID),
        text(claims, REVOCATION_KEY),
        PublishRates.of(claims),
        millis(claims.get("iat"), "iat"),
        millis(claims.get("nbf"), "nbf"),
        millis(claims.get("exp"), "exp"));
  }

  private static @Nullable String text(Map<String, Object> claims, String claim) {
    Object value = claims.get(claim);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new IllegalArgumentException("its " + claim + " is not a string");
  }

  private static long millis(@Nullable Object seconds, String claim) {
    if (seconds == null) {
      return 0;
    }
    if (seconds instanceof Number number && Math.abs(number.doubleValue()) < 1e12) {
      return Math.round(number.doubleValue() * 1_000);
    }
    throw new IllegalArgumentException("its " + claim + " is not a time in seconds");
  }
}
