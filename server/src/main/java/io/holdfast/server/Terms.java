package io.holdfast.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * What holds in all of an app.
 *
 * @param otherwise the rules of channels whose namespace is not named
 * @param presenceMembers of one channel; 0 for the server's own limit
 */
record Terms(Rules otherwise, int presenceMembers) {
  /** Of an app that nobody said more of. */
  static final Terms STANDARD = new Terms(Rules.OPEN, 0);

  /** Those of an app whose maker names every rule: what is not named is not allowed. */
  static Terms strict(int presenceMembers) {
    Rules rules = new Rules(false, false, Rules.DEFAULT_RETENTION, Origin.MADE);
    return new Terms(rules, presenceMembers);
  }

  byte[] bytes() {
    ObjectNode node = Json.MAPPER.createObjectNode();
    if (!equals(STANDARD)) {
      node.set("otherwise", Json.object(otherwise.bytes()));
      node.put("presenceMembers", presenceMembers);
    }
    return Json.bytes(node);
  }

  static Terms read(byte[] bytes) {
    ObjectNode node = Json.object(bytes);
    JsonNode otherwise = node.path("otherwise");
    return new Terms(
        otherwise.isObject()
            ? Rules.read(otherwise.toString().getBytes(StandardCharsets.UTF_8))
            : Rules.OPEN,
        node.path("presenceMembers").asInt(0));
  }
}
