package io.holdfast.simulator;

import io.holdfast.connections.Access;
import io.holdfast.connections.Permission;
import io.holdfast.protocol.Flags;

/**
 * A client's credentials.
 *
 * @param any whether it may change what others have published
 */
record SimAccess(String app, String clientId, boolean any) implements Access {
  @Override
  public boolean mayBe(String other) {
    return clientId.equals(other);
  }

  @Override
  public SimAccess as(String client) {
    return new SimAccess(app, client, any);
  }

  @Override
  public boolean permits(Permission permission, String channel) {
    return switch (permission) {
      case MESSAGE_UPDATE_ANY, MESSAGE_DELETE_ANY -> any;
      case SUBSCRIBE,
          PUBLISH,
          PRESENCE,
          HISTORY,
          MESSAGE_UPDATE_OWN,
          MESSAGE_DELETE_OWN,
          ANNOTATION_PUBLISH,
          ANNOTATION_SUBSCRIBE,
          CHANNEL_METADATA,
          PRIVILEGED_HEADERS ->
          true;
    };
  }

  @Override
  public long modes(String channel) {
    return Flags.MODES;
  }

  @Override
  public long expires() {
    return 0;
  }
}
