package io.holdfast.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A key of an app: {@code app.id:secret}.
 *
 * @param origin who made it, see {@link Origin}
 */
record ApiKey(
    String app,
    String id,
    String secret,
    Capability capability,
    boolean revocableTokens,
    Origin origin) {
  /** Its kind in the registry. */
  static final String KIND = "key";

  /** {@code app.id}, by which tokens and requests name it. */
  String name() {
    return app + "." + id;
  }

  /** The whole of it, as clients are given it. */
  String whole() {
    return name() + ":" + secret;
  }

  /** Compares without telling by its time how much of a guess was right. */
  boolean hasSecret(String guess) {
    return MessageDigest.isEqual(
        secret.getBytes(StandardCharsets.UTF_8), guess.getBytes(StandardCharsets.UTF_8));
  }

  byte[] bytes() {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("secret", secret);
    node.put("capability", capability.text());
    node.put("revocableTokens", revocableTokens);
    node.put("origin", origin.name());
    return Json.bytes(node);
  }

  static ApiKey read(String app, String id, byte[] bytes) {
    ObjectNode node = Json.object(bytes);
    return new ApiKey(
        app,
        id,
        node.required("secret").textValue(),
        Capability.parse(node.required("capability").textValue()),
        node.path("revocableTokens").asBoolean(false),
        Origin.read(node));
  }

  /** Says no secret. */
  @Override
  public String toString() {
    return "key " + name();
  }
}
