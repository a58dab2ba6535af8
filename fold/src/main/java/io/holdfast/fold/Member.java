package io.holdfast.fold;

import io.holdfast.protocol.PresenceMessage;

/**
 * A presence member.
 *
 * @param message its last ENTER or UPDATE, as PRESENT: ids and timestamp set
 * @param ownedAt the serial of the entry that made {@code owner} its owner
 */
public record Member(PresenceMessage message, Owner owner, String ownedAt) {

  /** What names a member within a channel (TP3h). */
  public String key() {
    return key(message.connectionId(), message.clientId());
  }

  static String key(
      @org.jspecify.annotations.Nullable String connectionId,
      @org.jspecify.annotations.Nullable String clientId) {
    return connectionId + ":" + clientId;
  }
}
