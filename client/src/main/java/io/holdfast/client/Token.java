package io.holdfast.client;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands for the right to connect: a token, or what a token can be had for. */
public sealed interface Token {
  /** A token as text: one that the server made, or a JWT signed with a key's secret. */
  record Opaque(String token) implements Token {
    @Override
    public String toString() {
      return "Opaque[token=...]";
    }
  }

  /**
   * A token and what is known of it (TD).
   *
   * @param issued when it was made
   * @param expires when it ends; {@link Instant#MAX} when nobody says
   * @param capability what it allows, as canonical JSON text
   * @param clientId whom it is for; null for nobody, {@code *} for anybody
   */
  record Details(
      String token, Instant issued, Instant expires, String capability, @Nullable String clientId)
      implements Token {
    @Override
    public String toString() {
      return "Details[token=..., expires=" + expires + ", clientId=" + clientId + "]";
    }
  }

  /**
   * A request for a token, signed with a key (TE). It can be handed to a client that has no key,
   * which exchanges it once.
   *
   * @param ttl how long the token shall live, or null for the server's choice
   * @param capability as JSON text, or null for all that the key may
   */
  record Signed(
      String keyName,
      @Nullable Duration ttl,
      @Nullable String capability,
      @Nullable String clientId,
      Instant timestamp,
      String nonce,
      String mac)
      implements Token {
    @Override
    public String toString() {
      return "Signed[keyName=" + keyName + ", clientId=" + clientId + "]";
    }
  }

  /**
   * What is wished of a token (TK).
   *
   * @param ttl null for the server's choice
   * @param capability operations by resource; null for all that the key may
   * @param clientId null for the client's own
   */
  record Wish(
      @Nullable Duration ttl,
      @Nullable Map<String, List<String>> capability,
      @Nullable String clientId) {
    /** No wish in particular. */
    public static final Wish NONE = new Wish(null, null, null);

    /** Copies the capability. */
    public Wish {
      capability = capability == null ? null : Map.copyOf(capability);
    }
  }
}
