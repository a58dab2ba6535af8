package io.holdfast.simulator;

import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The members a client believes to be present, kept as the published SDKs do (RTP2, RTP18). */
final class PresenceMap {
  private final Map<String, PresenceMessage> members = new LinkedHashMap<>();
  private final Set<String> absent = new HashSet<>();
  private @Nullable Set<String> residual;
  private @Nullable String syncId;

  void clear() {
    members.clear();
    absent.clear();
    residual = null;
  }

  boolean syncing() {
    return residual != null;
  }

  @Nullable PresenceMessage get(String member) {
    return absent.contains(member) ? null : members.get(member);
  }

  /** The members and their data. */
  Map<String, String> present() {
    Map<String, String> present = new TreeMap<>();
    members.forEach(
        (member, message) -> {
          if (!absent.contains(member)) {
            present.put(member, TrueChannel.text(message.data()));
          }
        });
    return present;
  }

  void startSync() {
    residual = new HashSet<>(members.keySet());
    residual.removeAll(absent);
  }

  /** A SYNC frame begins; its channelSerial says of which sync it is. */
  void syncFrame(@Nullable String serial) {
    String id = serial == null ? null : serial.substring(0, serial.indexOf(':'));
    if (residual == null || (syncId != null && !syncId.equals(id))) {
      startSync();
    }
    if (id != null) {
      syncId = id;
    }
  }

  void endSync() {
    syncId = null;
    absent.forEach(members::remove);
    absent.clear();
    if (residual != null) {
      residual.forEach(members::remove);
      residual = null;
    }
  }

  void apply(PresenceMessage message) {
    String member = TrueChannel.member(message);
    PresenceMessage before = members.get(member);
    boolean leave = message.action() == PresenceAction.LEAVE;
    if (!leave && residual != null) {
      residual.remove(member);
    }
    if (before != null && !newer(message, before)) {
      return;
    }
    if (!leave) {
      members.put(member, message);
      absent.remove(member);
    } else if (residual != null) {
      members.put(member, message);
      absent.add(member);
    } else {
      members.remove(member);
    }
  }

  private static boolean newer(PresenceMessage item, PresenceMessage before) {
    if (synthesized(item) || synthesized(before)) {
      return item.timestamp() >= before.timestamp();
    }
    return newer(String.valueOf(item.id()), String.valueOf(before.id()));
  }

  /** By the numbers of two ids of one connection. */
  static boolean newer(String id, String before) {
    long[] now = ordering(id);
    long[] then = ordering(before);
    return now[0] == then[0] ? now[1] > then[1] : now[0] > then[0];
  }

  /** Made by the server: such an id does not begin with the connection's. */
  static boolean synthesized(PresenceMessage message) {
    return !String.valueOf(message.id()).startsWith(String.valueOf(message.connectionId()));
  }

  private static long[] ordering(String id) {
    String[] parts = id.split(":", -1);
    return new long[] {Long.parseLong(parts[1]), Long.parseLong(parts[2])};
  }
}
