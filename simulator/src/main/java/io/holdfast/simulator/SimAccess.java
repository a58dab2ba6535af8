package io.holdfast.simulator;

import io.holdfast.connections.Access;
import io.holdfast.connections.Permission;
import io.holdfast.protocol.Flags;
import java.util.Map;
import java.util.Set;

/**
 * A client's credentials.
 *
 * @param any whether it may change what others have published
 * @param number tells those that were issued later; of all clients
 * @param expires when they end, ms; 0 for never
 * @param taken what they do not allow, by channel
 */
record SimAccess(
    String app,
    String clientId,
    boolean any,
    long number,
    long expires,
    Map<String, Set<Permission>> taken)
    implements Access {
  private static final Map<Permission, Long> MODES =
      Map.of(
          Permission.SUBSCRIBE, Flags.SUBSCRIBE | Flags.PRESENCE_SUBSCRIBE,
          Permission.PUBLISH, Flags.PUBLISH,
          Permission.PRESENCE, Flags.PRESENCE,
          Permission.OBJECT_SUBSCRIBE, Flags.OBJECT_SUBSCRIBE,
          Permission.OBJECT_PUBLISH, Flags.OBJECT_PUBLISH,
          Permission.ANNOTATION_PUBLISH, Flags.ANNOTATION_PUBLISH,
          Permission.ANNOTATION_SUBSCRIBE, Flags.ANNOTATION_SUBSCRIBE);

  /** All that a channel can be attached for. */
  static final Set<Permission> ATTACHING = MODES.keySet();

  SimAccess {
    taken = Map.copyOf(taken);
  }

  /** Of who may do everything for ever. */
  SimAccess(String app, String clientId, boolean any) {
    this(app, clientId, any, 0, 0, Map.of());
  }

  /** What it is shown as. */
  String token() {
    return clientId + "#" + number;
  }

  @Override
  public boolean mayBe(String other) {
    return clientId.equals(other);
  }

  @Override
  public SimAccess as(String client) {
    return new SimAccess(app, client, any, number, expires, taken);
  }

  private Set<Permission> takenOn(String given) {
    return taken.getOrDefault(given.substring(given.indexOf(']') + 1), Set.of());
  }

  @Override
  public boolean permits(Permission permission, String channel) {
    return switch (permission) {
      case MESSAGE_UPDATE_ANY, MESSAGE_DELETE_ANY -> any;
      case SUBSCRIBE,
          PUBLISH,
          PRESENCE,
          ANNOTATION_PUBLISH,
          ANNOTATION_SUBSCRIBE,
          OBJECT_PUBLISH,
          OBJECT_SUBSCRIBE ->
          !takenOn(channel).contains(permission);
      case HISTORY, MESSAGE_UPDATE_OWN, MESSAGE_DELETE_OWN, CHANNEL_METADATA, PRIVILEGED_HEADERS ->
          true;
    };
  }

  @Override
  public long modes(String channel) {
    long modes = Flags.MODES;
    for (Permission permission : takenOn(channel)) {
      modes &= ~MODES.getOrDefault(permission, 0L);
    }
    return modes;
  }
}
