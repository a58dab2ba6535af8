package io.holdfast.connections;

import org.jspecify.annotations.Nullable;

/** What someone's credentials allow. Immutable. */
public interface Access {
  /** The client id of who may use any. */
  String ANY_CLIENT = "*";

  String app();

  /** Their name; {@link #ANY_CLIENT} for who may use any; null for who may use none. */
  @Nullable String clientId();

  /** Whether they may act as that client. */
  boolean mayBe(String clientId);

  /** The same credentials in the hand of one client that they may act as. */
  Access as(String client);

  boolean permits(Permission permission, String channel);

  /** The attach mode bits they may be granted on a channel. */
  long modes(String channel);

  /** When they end, ms since the epoch; 0 for never. */
  long expires();

  /** How many messages a second a connection of theirs may publish to a channel; 0 for any. */
  default double publishRate(String channel) {
    return 0;
  }

  /** Their name if it is one certain client's. */
  default @Nullable String concreteClientId() {
    String name = clientId();
    return ANY_CLIENT.equals(name) ? null : name;
  }
}
