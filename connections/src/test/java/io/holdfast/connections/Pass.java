package io.holdfast.connections;

import io.holdfast.protocol.Flags;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Credentials as a test wants them; those of channels that begin with "closed" allow nothing. */
record Pass(
    String app, @Nullable String clientId, Set<Permission> permissions, long modes, long expires)
    implements Access {
  static final Pass KEY = named("*");

  static Pass named(@Nullable String clientId) {
    return new Pass("app", clientId, EnumSet.allOf(Permission.class), Flags.MODES, 0);
  }

  static Pass allowing(String clientId, Permission... permissions) {
    return new Pass("app", clientId, Set.of(permissions), Flags.MODES, 0);
  }

  Pass until(long when) {
    return new Pass(app, clientId, permissions, modes, when);
  }

  @Override
  public boolean mayBe(String name) {
    return ANY_CLIENT.equals(clientId) || name.equals(clientId);
  }

  @Override
  public Pass as(String client) {
    return new Pass(app, client, permissions, modes, expires);
  }

  @Override
  public boolean permits(Permission permission, String channel) {
    return !channel.startsWith("closed") && permissions.contains(permission);
  }

  @Override
  public long modes(String channel) {
    return channel.startsWith("closed") ? 0 : modes;
  }
}
