package io.holdfast.fuzz;

import io.holdfast.connections.Access;
import io.holdfast.connections.Permission;
import io.holdfast.protocol.Flags;
import org.jspecify.annotations.Nullable;

/**
 * Credentials: all there is, or only what a reader of channels that do not begin with "closed" has.
 */
record Rights(@Nullable String clientId, boolean all, long expires) implements Access {
  static final String APP = "app";

  @Override
  public String app() {
    return APP;
  }

  @Override
  public boolean mayBe(String name) {
    return ANY_CLIENT.equals(clientId) || name.equals(clientId);
  }

  @Override
  public Rights as(String client) {
    return new Rights(client, all, expires);
  }

  @Override
  public boolean permits(Permission permission, String channel) {
    return all
        || (!channel.startsWith("closed")
            && (permission == Permission.SUBSCRIBE || permission == Permission.PRESENCE));
  }

  @Override
  public long modes(String channel) {
    if (all) {
      return Flags.MODES;
    }
    return channel.startsWith("closed") ? 0 : Flags.SUBSCRIBE | Flags.PRESENCE;
  }
}
