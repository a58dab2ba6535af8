package io.holdfast.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

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

  /**
   * Whether a token that is shown no longer holds. A JWT of the very second may be the one that was
   * got in place of what was revoked, so it holds until that second is over, and then no more.
   */
  boolean holds(Principal principal, long now) {
    long limit = limit(now);
    return covers(principal)
        && principal.issued().before(limit)
        && !principal.issued().uncertain(limit, now);
  }

  /**
   * Whether a connection of a token ends: once what its client gets instead is told from it, or it
   * would be sent away again at once.
   */
  boolean ends(Principal principal, long now) {
    return covers(principal) && due(principal.issued(), limit(now), now);
  }

  /**
   * Whether a token will not hold for long, and its client may be asked for another.
   *
   * @param since when those were asked that could be asked then
   */
  boolean announces(Principal principal, long since, long now) {
    return !pending.isEmpty()
        && covers(principal)
        && due(principal.issued(), pending.getLast().before, now)
        && !due(principal.issued(), pending.getLast().before, since);
  }

  private static boolean due(Issued issued, long limit, long now) {
    return issued.before(limit) && now >= issued.toldFrom(limit);
  }

  private long limit(long now) {
    long limit = before;
    for (Pending one : pending) {
      limit = one.appliesAt <= now ? Math.max(limit, one.before) : limit;
    }
    return limit;
  }

  /** When connections are to be looked at again, after {@code now}. */
  SortedSet<Long> moments(long now) {
    SortedSet<Long> moments = new TreeSet<>();
    moments.add(Issued.secondAfter(before));
    for (Pending one : pending) {
      moments.add(Issued.secondAfter(one.before));
      moments.add(one.appliesAt);
    }
    return moments.tailSet(now + 1);
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
