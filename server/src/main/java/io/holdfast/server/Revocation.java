package io.holdfast.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which tokens of a key no longer hold: those of a target that were issued before a time. One that
 * allows for getting another token first is pending until it applies.
 *
 * @param before tokens issued before this are revoked, ms since the epoch; 0 for none
 * @param pending what is to be revoked, each one later than the one before and of more tokens
 */
record Revocation(String keyName, Target target, long before, List<Pending> pending) {
  /** Its kind in the registry. */
  static final String KIND = "revocation";

  private static final int MAX_PENDING = 32;

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

  /** Tokens issued before a time are revoked from another time on. */
  record Pending(long before, long appliesAt) {}

  Revocation {
    pending = List.copyOf(pending);
  }

  static Revocation none(String keyName, Target target) {
    return new Revocation(keyName, target, 0, List.of());
  }

  /** This and another one, which puts nothing off that this has said. */
  Revocation with(long issuedBefore, long applies, long now) {
    List<Pending> all = new ArrayList<>(pending);
    all.add(new Pending(issuedBefore, applies));
    all.sort(Comparator.comparingLong(Pending::appliesAt));
    long settled = before;
    long most = before;
    List<Pending> left = new ArrayList<>();
    for (Pending one : all) {
      if (one.appliesAt <= now) {
        settled = Math.max(settled, one.before);
      } else if (one.before > Math.max(most, settled)) {
        left.add(one);
        most = one.before;
      }
    }
    if (left.size() > MAX_PENDING) {
      // rather too early than too late
      Pending last = left.removeLast();
      left.set(MAX_PENDING - 1, new Pending(last.before, left.getLast().appliesAt));
    }
    return new Revocation(keyName, target, settled, left);
  }

  /** Whether a token no longer holds. */
  boolean holds(Principal principal, long now) {
    long limit = before;
    for (Pending one : pending) {
      limit = one.appliesAt <= now ? Math.max(limit, one.before) : limit;
    }
    return covers(principal) && principal.issued() < limit;
  }

  /** Whether a token will not hold for long. */
  boolean announces(Principal principal) {
    return !pending.isEmpty() && covers(principal) && principal.issued() < pending.getLast().before;
  }

  private boolean covers(Principal principal) {
    return principal.tokenBased()
        && principal.keyName().equals(keyName)
        && target.covers(principal);
  }

  /** From when on no token is left that it could be about. */
  long over(long maxTtl) {
    Pending last = pending.isEmpty() ? new Pending(before, 0) : pending.getLast();
    return Math.max(last.appliesAt, Math.max(before, last.before) + maxTtl);
  }

  /** What names it in the registry, in its app. */
  String key() {
    return keyName.substring(keyName.indexOf('.') + 1) + "/" + target;
  }

  byte[] bytes() {
    ObjectNode node = Json.MAPPER.createObjectNode().put("before", before);
    ArrayNode list = node.putArray("pending");
    for (Pending one : pending) {
      list.addObject().put("before", one.before).put("appliesAt", one.appliesAt);
    }
    return Json.bytes(node);
  }

  static Revocation read(String app, String key, byte[] bytes) {
    int slash = key.indexOf('/');
    ObjectNode node = Json.object(bytes);
    List<Pending> pending = new ArrayList<>();
    if (node.path("pendingBefore").asLong() > 0) {
      // as it was written while there could be one only
      pending.add(pending(node, "pendingBefore"));
    }
    node.path("pending").forEach(one -> pending.add(pending(one, "before")));
    return new Revocation(
        app + "." + key.substring(0, slash),
        Target.of(key.substring(slash + 1)),
        node.path("before").asLong(),
        pending);
  }

  private static Pending pending(JsonNode node, String before) {
    return new Pending(node.path(before).asLong(), node.path("appliesAt").asLong());
  }
}
