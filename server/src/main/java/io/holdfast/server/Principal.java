package io.holdfast.server;

import io.holdfast.connections.Access;
import io.holdfast.connections.Permission;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking, and what they may do.
 *
 * @param keyName the key they hold, or that issued their token
 * @param clientId their name; {@code *} for who may use any; null for who may use none
 * @param issued when their token was issued
 * @param expires when their token ends, ms since the epoch; 0 for never
 * @param revocationKey by which their token can be revoked among others; null for none
 * @param tokenBased whether they came with a token rather than the key itself
 * @param rates how fast each connection of theirs may publish
 */
record Principal(
    String app,
    String keyName,
    Capability capability,
    @Nullable String clientId,
    Issued issued,
    long expires,
    @Nullable String revocationKey,
    boolean tokenBased,
    PublishRates rates)
    implements Access {
  Principal withClientId(@Nullable String name) {
    return new Principal(
        app, keyName, capability, name, issued, expires, revocationKey, tokenBased, rates);
  }

  /** Whether they are one certain client. */
  boolean identified() {
    return clientId != null && !clientId.equals(ANY_CLIENT);
  }

  @Override
  public boolean mayBe(String client) {
    return clientId != null && (clientId.equals(ANY_CLIENT) || clientId.equals(client));
  }

  @Override
  public Principal as(String client) {
    return withClientId(client);
  }

  @Override
  public boolean permits(Permission permission, String channel) {
    return capability.permits(Operation.of(permission), channel);
  }

  @Override
  public long modes(String channel) {
    return capability.modes(channel);
  }

  @Override
  public double publishRate(String channel) {
    return rates.of(channel);
  }

  /** Whether the token has ended. No leeway, to the millisecond. */
  boolean expired(long now) {
    return expires != 0 && now >= expires;
  }
}
