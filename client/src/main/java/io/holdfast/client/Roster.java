package io.holdfast.client;

import io.holdfast.protocol.PresenceAction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who is present on a channel, as far as is known (RTP2). Changed on the loop, read by any thread.
 * Its size is bounded by how many members the server lets a channel have.
 */
final class Roster {
  private final Map<String, Member> members = new ConcurrentHashMap<>();

  /** While a list is coming: who was there before and has not been seen in it; else null. */
  private @Nullable Map<String, Member> unseen;

  private volatile boolean syncing;

  static String key(Member member) {
    return member.connectionId() + ":" + member.clientId();
  }

  /** Whether somebody enters, updates or is present who was not known to be newer. */
  boolean put(Member member) {
    String key = key(member);
    if (unseen != null) {
      unseen.remove(key);
    }
    Member known = members.get(key);
    if (known != null && !newer(member, known)) {
      return false;
    }
    members.put(key, member.with(PresenceAction.PRESENT));
    return true;
  }

  /** Whether somebody leaves who was known; during a list they are kept as absent. */
  boolean remove(Member member) {
    String key = key(member);
    Member known = members.get(key);
    if (known != null && !newer(member, known)) {
      return false;
    }
    if (unseen != null) {
      unseen.remove(key); // it is told now, and not again at the end of the list
    }
    if (syncing) {
      members.put(key, member.with(PresenceAction.ABSENT));
    } else {
      members.remove(key);
    }
    return known != null && known.action() != PresenceAction.ABSENT;
  }

  /** A list begins; who is not in it has left. */
  void startSync() {
    Map<String, Member> before = new HashMap<>();
    members.forEach(
        (key, member) -> {
          if (member.action() != PresenceAction.ABSENT) {
            before.put(key, member);
          }
        });
    unseen = before;
    syncing = true;
  }

  /** The list is complete: who has left without a word. */
  List<Member> endSync() {
    members.values().removeIf(member -> member.action() == PresenceAction.ABSENT);
    List<Member> gone = unseen == null ? List.of() : new ArrayList<>(unseen.values());
    gone.forEach(member -> members.remove(key(member)));
    unseen = null;
    syncing = false;
    return gone;
  }

  /** Nobody is present: who was. */
  List<Member> clear() {
    List<Member> gone = present();
    members.clear();
    unseen = null;
    syncing = false;
    return gone;
  }

  boolean syncing() {
    return syncing;
  }

  List<Member> present() {
    List<Member> present = new ArrayList<>();
    for (Member member : members.values()) {
      if (member.action() != PresenceAction.ABSENT) {
        present.add(member);
      }
    }
    return present;
  }

  /** RTP2b: by the numbers of their ids, or by time where one was made up by the server. */
  private static boolean newer(Member member, Member known) {
    long[] place = place(member);
    long[] other = place(known);
    if (place == null || other == null) {
      return ms(member) >= ms(known);
    }
    return place[0] == other[0] ? place[1] > other[1] : place[0] > other[0];
  }

  private static long ms(Member member) {
    return member.timestamp() == null ? 0 : member.timestamp().toEpochMilli();
  }

  /** The number and index of an id that the member's connection made; null of one it did not. */
  static long @Nullable [] place(Member member) {
    String id = member.id();
    if (id == null || !id.startsWith(member.connectionId() + ":")) {
      return null;
    }
    String[] parts = id.substring(member.connectionId().length() + 1).split(":", -1);
    if (parts.length != 2 || !parts[0].matches("\\d{1,18}") || !parts[1].matches("\\d{1,9}")) {
      return null;
    }
    return new long[] {Long.parseLong(parts[0]), Long.parseLong(parts[1])};
  }
}
