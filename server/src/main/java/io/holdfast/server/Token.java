package io.holdfast.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A token of ours: everything it grants is in it, signed, so that any node knows it without asking.
 * Written {@code app.xxxx}; the dot that is always there and only once tells it from a JWT.
 *
 * @param keyName the key it was issued under
 * @param clientId null for none, {@code *} for any
 * @param issued ms since the epoch
 * @param expires ms since the epoch
 * @param nonce keeps two tokens of one millisecond apart
 */
record Token(
    String keyName,
    Capability capability,
    @Nullable String clientId,
    long issued,
    long expires,
    long nonce) {
  private static final String PURPOSE = "token";

  /** What a text that might be a token turns out to be. */
  sealed interface Reading {
    /** Signed by us; it may have expired. */
    record Genuine(Token token) implements Reading {}

    /** It looks like one, but we did not sign it or have forgotten that we did. */
    record Unrecognised() implements Reading {}

    /** It is none. */
    record Malformed() implements Reading {}
  }

  String app() {
    return keyName.substring(0, keyName.indexOf('.'));
  }

  String text(Secrets secrets) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("k", keyName).put("a", capability.text());
    if (clientId != null) {
      node.put("c", clientId);
    }
    node.put("i", issued).put("e", expires).put("n", nonce);
    byte[] sealed = secrets.seal(PURPOSE, Json.bytes(node));
    return app() + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  static Reading read(String text, Secrets secrets) {
    int dot = text.indexOf('.');
    if (dot <= 0 || dot == text.length() - 1 || text.indexOf('.', dot + 1) >= 0) {
      return new Reading.Malformed();
    }
    byte[] sealed;
    try {
      sealed = Base64.getUrlDecoder().decode(text.substring(dot + 1));
    } catch (IllegalArgumentException e) {
      return new Reading.Malformed();
    }
    byte[] payload = secrets.open(PURPOSE, sealed);
    if (payload == null) {
      return new Reading.Unrecognised();
    }
    Token token = parsed(payload);
    return token.app().equals(text.substring(0, dot))
        ? new Reading.Genuine(token)
        : new Reading.Unrecognised();
  }

  // Signed by us, so it has the form that we gave it.
  private static Token parsed(byte[] payload) {
    ObjectNode node = Json.object(payload);
    JsonNode client = node.get("c");
    return new Token(
        node.required("k").textValue(),
        Capability.parse(node.required("a").textValue()),
        client == null ? null : client.textValue(),
        node.required("i").longValue(),
        node.required("e").longValue(),
        node.required("n").longValue());
  }
}
