package io.holdfast.client;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/**
 * What a JWT says of itself, unchecked: the server checks it. Only to know when a new one is
 * needed, and whose it is.
 */
final class Jwt {
  private Jwt() {}

  /** The token with what can be read of it, which is nothing when it is no JWT. */
  static Proof.Bearer read(Token.Opaque opaque) {
    String[] parts = opaque.token().split("\\.", -1);
    if (parts.length == 3 && parts[0].startsWith("eyJ")) {
      try {
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        Map<String, ?> map = Json.object(claims);
        Object ends = map.get("exp");
        return new Proof.Bearer(
            opaque.token(),
            ends instanceof Number seconds ? Instant.ofEpochSecond(seconds.longValue()) : null,
            Answers.text(map.get("x-ably-clientId")),
            opaque);
      } catch (IllegalArgumentException e) {
        // Not ours to judge.
      }
    }
    return new Proof.Bearer(opaque.token(), null, null, opaque);
  }
}
