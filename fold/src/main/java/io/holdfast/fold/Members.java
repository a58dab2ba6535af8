package io.holdfast.fold;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who is present, each with the transport that answers for it. */
final class Members {
  private static final int FORMAT = 1;

  private final LinkedHashMap<String, Member> members = new LinkedHashMap<>();

  /** Entries up to here are folded in already. */
  private long through;

  private boolean dirty;

  Collection<Member> all() {
    return members.values();
  }

  @Nullable Member get(String key) {
    return members.get(key);
  }

  boolean dirty() {
    return dirty;
  }

  void written(long position) {
    dirty &= position < through;
  }

  /** Whether an entry at a position has been folded in before. */
  boolean covers(long position) {
    return position <= through;
  }

  /** Would one more frame fit? Counts the members it would add. */
  boolean fits(List<PresenceMessage> messages, int maxMembers) {
    int added = 0;
    for (PresenceMessage message : messages) {
      boolean stays = message.action() != PresenceAction.LEAVE;
      if (stays && !members.containsKey(Member.key(message.connectionId(), message.clientId()))) {
        added++;
      }
    }
    return added == 0 || members.size() + added <= maxMembers;
  }

  /**
   * Applies one presence message of an entry.
   *
   * @param freshId names the frame it came in; clients enter again under the id they had before
   * @return the event it makes, null for none
   */
  @Nullable PresenceMessage apply(
      PresenceMessage message, String freshId, Owner sender, String serial, long time) {
    String key = Member.key(message.connectionId(), message.clientId());
    Member before = members.get(key);
    Owner owner = before != null && sender.precedes(before.owner()) ? before.owner() : sender;
    if (message.action() == PresenceAction.LEAVE) {
      // of a life before the one that has entered since, it comes too late for everybody
      if (before == null
          || older(String.valueOf(message.id()), String.valueOf(before.message().id()))) {
        return null;
      }
      members.remove(key);
      dirty = true;
      return leave(before, message, time);
    }
    dirty = true;
    String id = String.valueOf(message.id());
    if (before != null && !newer(id, String.valueOf(before.message().id()))) {
      members.put(key, new Member(before.message(), owner, serial));
      return null;
    }
    // who has left meanwhile enters anew: the old id would be older than the leave
    String entered = before == null ? freshId : id;
    members.put(
        key, new Member(with(message, PresenceAction.PRESENT, entered, time), owner, serial));
    PresenceAction action = before == null ? PresenceAction.ENTER : PresenceAction.UPDATE;
    return with(message, action, entered, time);
  }

  /** As clients judge (RTP2b2): by the numbers in ids of one connection; else unless the same. */
  private static boolean newer(String id, String before) {
    Integer order = order(id, before);
    return order == null ? !id.equals(before) : order > 0;
  }

  /** Whether clients would pass over it. */
  private static boolean older(String id, String before) {
    Integer order = order(id, before);
    return order != null && order < 0;
  }

  /** Which of two ids of one connection is the later; null for others. */
  private static @Nullable Integer order(String id, String before) {
    String[] now = id.split(":", -1);
    String[] then = before.split(":", -1);
    if (now.length != 3 || then.length != 3 || !now[0].equals(then[0])) {
      return null;
    }
    try {
      int frames = Long.compare(Long.parseLong(now[1]), Long.parseLong(then[1]));
      return frames != 0 ? frames : Long.compare(Long.parseLong(now[2]), Long.parseLong(then[2]));
    } catch (NumberFormatException notOurs) {
      return null;
    }
  }

  /** Moves a connection's members to another owner. */
  void own(String connectionId, Owner owner, String serial) {
    for (Map.Entry<String, Member> entry : members.entrySet()) {
      Member member = entry.getValue();
      if (connectionId.equals(member.message().connectionId()) && !owner.precedes(member.owner())) {
        entry.setValue(new Member(member.message(), owner, serial));
        dirty = true;
      }
    }
  }

  /** Ends a lost member; null if it has moved on. */
  @Nullable PresenceMessage depart(Part.Depart depart, long time) {
    Member member = members.get(depart.memberKey());
    if (member == null || !member.ownedAt().equals(depart.ownedAt())) {
      return null;
    }
    members.remove(depart.memberKey());
    dirty = true;
    PresenceMessage last = member.message();
    return new PresenceMessage(
        PresenceAction.LEAVE,
        depart.id(),
        last.clientId(),
        last.connectionId(),
        last.data(),
        last.encoding(),
        last.extras(),
        time);
  }

  void foldedThrough(long position) {
    through = Math.max(through, position);
  }

  /** A leave without data repeats the member's. */
  private static PresenceMessage leave(Member member, PresenceMessage message, long time) {
    Data data = message.data();
    PresenceMessage last = member.message();
    return new PresenceMessage(
        PresenceAction.LEAVE,
        message.id(),
        message.clientId(),
        message.connectionId(),
        data == null ? last.data() : data,
        data == null ? last.encoding() : message.encoding(),
        message.extras() == null ? last.extras() : message.extras(),
        time);
  }

  private static PresenceMessage with(
      PresenceMessage message, PresenceAction action, String id, long time) {
    return new PresenceMessage(
        action,
        id,
        message.clientId(),
        message.connectionId(),
        message.data(),
        message.encoding(),
        message.extras(),
        time);
  }

  int weight() {
    int weight = 0;
    for (Member member : members.values()) {
      Data data = member.message().data();
      weight += 400 + (data == null ? 0 : data.length());
    }
    return weight;
  }

  byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.writeByte(FORMAT);
    out.writeLong(through);
    out.writeLong(members.size());
    for (Member member : members.values()) {
      EntryCodec.writePresence(out, member.message());
      EntryCodec.writeOwner(out, member.owner());
      out.writeString(member.ownedAt());
    }
    return out.toByteArray();
  }

  void decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IllegalStateException("members of form " + format + ", newer than this version");
    }
    through = in.readLong();
    int count = in.readCount();
    List<Member> read = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      read.add(new Member(EntryCodec.readPresence(in), EntryCodec.readOwner(in), in.readString()));
    }
    members.clear();
    read.forEach(member -> members.put(member.key(), member));
  }
}
