package io.holdfast.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/**
 * What holds for the channels of a namespace.
 *
 * @param persisted history outlives the horizon of resuming
 * @param mutableMessages messages can be updated, deleted and appended to
 * @param retention how long messages are kept; zero for ever
 * @param objectRetention how long shared objects are kept that nobody changes; zero for ever
 */
record Rules(
    boolean persisted,
    boolean mutableMessages,
    Duration retention,
    Duration objectRetention,
    Origin origin) {
  /** Their kind in the registry. */
  static final String KIND = "namespace";

  /** For channels that keep no history: as long as a connection's state. */
  private static final Duration UNPERSISTED = Duration.ofMinutes(2);

  static final Duration DEFAULT_RETENTION = Duration.ofDays(90);

  /**
   * Where no namespace says otherwise: everything is allowed, so that nobody meets a rule first.
   */
  static final Rules OPEN = new Rules(true, true, DEFAULT_RETENTION, Origin.MADE);

  Rules(boolean persisted, boolean mutableMessages, Duration retention, Origin origin) {
    this(persisted, mutableMessages, retention, DEFAULT_RETENTION, origin);
  }

  /** How long messages are kept; zero for ever. */
  Duration kept() {
    return persisted ? retention : UNPERSISTED;
  }

  byte[] bytes() {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("persisted", persisted);
    node.put("mutableMessages", mutableMessages);
    node.put("retentionMs", retention.toMillis());
    node.put("objectRetentionMs", objectRetention.toMillis());
    node.put("origin", origin.name());
    return Json.bytes(node);
  }

  static Rules read(byte[] bytes) {
    ObjectNode node = Json.object(bytes);
    return new Rules(
        node.path("persisted").asBoolean(OPEN.persisted),
        node.path("mutableMessages").asBoolean(OPEN.mutableMessages),
        Duration.ofMillis(node.path("retentionMs").asLong(DEFAULT_RETENTION.toMillis())),
        Duration.ofMillis(node.path("objectRetentionMs").asLong(DEFAULT_RETENTION.toMillis())),
        Origin.read(node));
  }
}
