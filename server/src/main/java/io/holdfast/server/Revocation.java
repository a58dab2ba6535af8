package io.holdfast.server;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Which tokens of a key no longer hold: those of a target that were issued before a time. One that
 * allows for getting another token first is pending until it applies.
 *
 * @param before tokens issued before this are revoked, ms since the epoch; 0 for none
 * @param pendingBefore and these from {@code appliesAt} on; 0 for none
 */
record Revocation(String keyName, Target target, long before, long pendingBefore, long appliesAt) {
  /** Its kind in the registry. */
  static final String KIND = "revocation";

  /** Whose tokens. */
  record Target(Type type, String value) {
    enum Type {
      CLIENT_ID("clientId"),
      REVOCATION_KEY("revocationKey"),
      CHANNEL("channel");

      private final String word;

      Type(String word) {
        this.word = word;
      }
    }

    /**
     * The target that is written {@code type:value}.
     *
     * @throws IllegalArgumentException with a sentence for the client when it is none
     */
    static Target of(String text) {
      for (Type type : Type.values()) {
        if (text.startsWith(type.word + ":") && text.length() > type.word.length() + 1) {
          return new Target(type, text.substring(type.word.length() + 1));
        }
      }
      throw new IllegalArgumentException(
          "a target is written clientId:, revocationKey: or channel: and a value");
    }

    boolean covers(Principal principal) {
      return switch (type) {
        case CLIENT_ID -> value.equals(principal.clientId());
        case REVOCATION_KEY -> value.equals(principal.revocationKey());
        case CHANNEL -> principal.capability().names(value);
      };
    }

    @Override
    public String toString() {
      return type.word + ":" + value;
    }
  }

  static Revocation none(String keyName, Target target) {
    return new Revocation(keyName, target, 0, 0, 0);
  }

  /** This and another one. */
  Revocation with(long issuedBefore, long applies, long now) {
    Revocation settled =
        now >= appliesAt
            ? new Revocation(keyName, target, Math.max(before, pendingBefore), 0, 0)
            : this;
    return applies <= now
        ? new Revocation(
            keyName,
            target,
            Math.max(settled.before, issuedBefore),
            settled.pendingBefore,
            settled.appliesAt)
        : new Revocation(
            keyName,
            target,
            settled.before,
            Math.max(settled.pendingBefore, issuedBefore),
            applies);
  }

  /** Whether a token no longer holds. */
  boolean holds(Principal principal, long now) {
    long limit = now >= appliesAt ? Math.max(before, pendingBefore) : before;
    return covers(principal) && principal.issued() < limit;
  }

  /** Whether a token will not hold for long. */
  boolean announces(Principal principal) {
    return covers(principal) && principal.issued() < pendingBefore;
  }

  private boolean covers(Principal principal) {
    return principal.tokenBased()
        && principal.keyName().equals(keyName)
        && target.covers(principal);
  }

  /** From when on no token is left that it could be about. */
  long over(long maxTtl) {
    return Math.max(appliesAt, Math.max(before, pendingBefore) + maxTtl);
  }

  /** What names it in the registry, in its app. */
  String key() {
    return keyName.substring(keyName.indexOf('.') + 1) + "/" + target;
  }

  byte[] bytes() {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("before", before).put("pendingBefore", pendingBefore).put("appliesAt", appliesAt);
    return Json.bytes(node);
  }

  static Revocation read(String app, String key, byte[] bytes) {
    int slash = key.indexOf('/');
    ObjectNode node = Json.object(bytes);
    return new Revocation(
        app + "." + key.substring(0, slash),
        Target.of(key.substring(slash + 1)),
        node.path("before").asLong(),
        node.path("pendingBefore").asLong(),
        node.path("appliesAt").asLong());
  }
}
