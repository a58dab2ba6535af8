package io.holdfast.server;

import io.holdfast.connections.Access;
import io.holdfast.connections.Permission;
import org.jspecify.annotations.Nullable;

/** What a principal may do, in the words of connections. */
record PrincipalAccess(Principal principal) implements Access {
  @Override
  public String app() {
    return principal.app();
  }

  @Override
  public @Nullable String clientId() {
    return principal.clientId();
  }

  @Override
  public boolean mayBe(String clientId) {
    return principal.mayBe(clientId);
  }

  @Override
  public boolean permits(Permission permission, String channel) {
    return principal.capability().permits(operation(permission), channel);
  }

  @Override
  public long modes(String channel) {
    return principal.capability().modes(channel);
  }

  @Override
  public long expires() {
    return principal.expires();
  }

  private static Operation operation(Permission permission) {
    return switch (permission) {
      case SUBSCRIBE -> Operation.SUBSCRIBE;
      case PUBLISH -> Operation.PUBLISH;
      case PRESENCE -> Operation.PRESENCE;
      case HISTORY -> Operation.HISTORY;
      case MESSAGE_UPDATE_OWN -> Operation.MESSAGE_UPDATE_OWN;
      case MESSAGE_UPDATE_ANY -> Operation.MESSAGE_UPDATE_ANY;
      case MESSAGE_DELETE_OWN -> Operation.MESSAGE_DELETE_OWN;
      case MESSAGE_DELETE_ANY -> Operation.MESSAGE_DELETE_ANY;
    };
  }
}
