package io.holdfast.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks a token with, as texts: numbers may come as strings, and the signature is over
 * the texts.
 */
record TokenRequest(
    @Nullable String keyName,
    @Nullable String ttl,
    @Nullable String capability,
    @Nullable String clientId,
    @Nullable String timestamp,
    @Nullable String nonce,
    @Nullable String mac) {
  private static final int MAX_NONCE = 256;

  static TokenRequest of(Map<String, ? extends @Nullable Object> body) {
    return new TokenRequest(
        text(body.get("keyName")),
        text(body.get("ttl")),
        text(body.get("capability")),
        text(body.get("clientId")),
        text(body.get("timestamp")),
        text(body.get("nonce")),
        text(body.get("mac")));
  }

  boolean signed() {
    return mac != null;
  }

  boolean nonceUsable() {
    return nonce != null && !nonce.isEmpty() && nonce.length() <= MAX_NONCE;
  }

  /** Whether the signature is that of the key's secret. */
  boolean signedWith(String secret) {
    String signed =
        orEmpty(keyName)
            + "\n"
            + orEmpty(ttl)
            + "\n"
            + orEmpty(capability)
            + "\n"
            + orEmpty(clientId)
            + "\n"
            + orEmpty(timestamp)
            + "\n"
            + orEmpty(nonce)
            + "\n";
    byte[] wanted =
        Hmac.sha256(
            secret.getBytes(StandardCharsets.UTF_8), signed.getBytes(StandardCharsets.UTF_8));
    byte[] given = orEmpty(mac).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(Base64.getEncoder().encode(wanted), given);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static @Nullable String text(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text;
      case Double number when number == Math.rint(number) && Math.abs(number) < 1L << 53 ->
          Long.toString(number.longValue());
      case Number number -> number.toString();
      default -> Json.text(value);
    };
  }
}
