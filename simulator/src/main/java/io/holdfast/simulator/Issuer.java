package io.holdfast.simulator;

import io.holdfast.connections.Permission;
import io.holdfast.connections.Reauthentication;
import io.holdfast.connections.Standing;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who gives clients their credentials and takes them back: some allow less than those before, some
 * end soon, some are revoked, at once or with time to get others.
 */
final class Issuer {
  static final String NAME = "credentials end";

  private static final List<Set<Permission>> TAKEN =
      List.of(
          Set.of(Permission.SUBSCRIBE),
          Set.of(Permission.SUBSCRIBE),
          Set.of(Permission.PUBLISH),
          Set.of(Permission.PRESENCE),
          Set.of(Permission.SUBSCRIBE, Permission.PRESENCE),
          Set.of(Permission.OBJECT_SUBSCRIBE),
          Set.of(Permission.OBJECT_PUBLISH),
          SimAccess.ATTACHING);

  private final Dice dice;
  private final VirtualTime time;
  private final List<String> channels;
  private final Counts counts;
  private final boolean strict;
  private final Map<String, SimAccess> tokens = new HashMap<>();
  private final Map<String, List<Revoked>> revoked = new HashMap<>();
  private long issued;
  private boolean healing;

  /** Credentials numbered up to here are good for nothing from a time on. */
  record Revoked(long through, long appliesAt) {}

  Issuer(Dice dice, VirtualTime time, List<String> channels, Counts counts) {
    this.dice = dice;
    this.time = time;
    this.channels = channels;
    this.counts = counts;
    this.strict = dice.percent(60);
  }

  /** The first of a client, or others in place of those it has. */
  SimAccess next(SimAccess before) {
    Map<String, Set<Permission>> taken = healing ? before.taken() : taken();
    long ttl = strict && !healing ? dice.of(0, 0, 0, 700, 3_000, 31_000) : 0;
    SimAccess next =
        new SimAccess(
            before.app(),
            before.clientId(),
            before.any(),
            ++issued,
            ttl == 0 ? 0 : time.now() + ttl,
            taken);
    for (String channel : channels) {
      long was = before.modes(channel);
      long is = next.modes(channel);
      counts.add(Happening.RIGHT_TAKEN, (was & ~is) == 0 ? 0 : 1);
      counts.add(Happening.RIGHT_GIVEN, (is & ~was) == 0 ? 0 : 1);
    }
    tokens.put(next.token(), next);
    return next;
  }

  private Map<String, Set<Permission>> taken() {
    Map<String, Set<Permission>> taken = new HashMap<>();
    for (int times = strict ? dice.of(0, 0, 0, 1, 2) : 0; times > 0; times--) {
      taken.put(dice.of(channels), dice.of(TAKEN));
    }
    return taken;
  }

  /** From here on what is given stays as it is, so that there is an end to it. */
  void heal() {
    healing = true;
  }

  /** What the node finds out from a token. */
  Reauthentication.Outcome authenticate(String token) {
    SimAccess access = known(token);
    ErrorInfo refusal = refusal(access);
    return refusal == null
        ? new Reauthentication.Outcome.Granted(access)
        : new Reauthentication.Outcome.Refused(refusal);
  }

  SimAccess known(String token) {
    SimAccess access = tokens.get(token);
    if (access == null) {
      throw new IllegalArgumentException("nobody has issued " + token);
    }
    return access;
  }

  /** Why credentials are not good, or no longer; null if they are. */
  @Nullable ErrorInfo refusal(SimAccess access) {
    if (access.expires() != 0 && access.expires() <= time.now()) {
      return ErrorCode.TOKEN_EXPIRED.info();
    }
    return of(access).stream().anyMatch(r -> r.appliesAt() <= time.now())
        ? ErrorCode.TOKEN_REVOKED.info()
        : null;
  }

  /** The revocations of credentials. */
  private List<Revoked> of(SimAccess access) {
    return revoked.getOrDefault(access.clientId(), List.of()).stream()
        .filter(r -> access.number() <= r.through())
        .toList();
  }

  /** All that a client has is taken back, once a while has passed. */
  void revoke(String client, long margin) {
    revoked
        .computeIfAbsent(client, c -> new ArrayList<>())
        .add(new Revoked(issued, time.now() + margin));
  }

  /** When some will no longer be good that still are. */
  List<Long> pending() {
    return revoked.values().stream()
        .flatMap(List::stream)
        .map(Revoked::appliesAt)
        .filter(at -> at > time.now())
        .toList();
  }

  /** What becomes of a connection with these. */
  Standing standing(SimAccess access) {
    ErrorInfo refusal = refusal(access);
    if (refusal != null && ErrorCode.of(refusal.code()) == ErrorCode.TOKEN_REVOKED) {
      return new Standing.Ended(refusal);
    }
    return of(access).isEmpty() ? new Standing.Good() : new Standing.Renew();
  }

  /** Whether a client has ever had credentials that do not allow something on a channel. */
  boolean everLacked(String client, Permission permission, String channel) {
    return tokens.values().stream()
        .anyMatch(a -> a.clientId().equals(client) && !a.permits(permission, channel));
  }

  /** At rest: who is connected is so by credentials that are good. */
  void atRest(SimAccess access) {
    ErrorInfo refusal = refusal(access);
    if (refusal != null) {
      throw new Broken(NAME, access.token() + " is connected and is good for nothing: " + refusal);
    }
  }
}
