package io.holdfast.fold;

import io.holdfast.objects.Pool;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A channel as its log has made it: the newest state of its messages, its members, and what was
 * applied already. Feed it every entry once, in order; it answers what each did.
 *
 * <p>Messages that are not in memory must be loaded before an entry that names them is applied:
 * {@link #missing}, then {@link #load}. Not thread-safe; one owner.
 */
public final class ChannelState {
  private final FoldLimits limits;
  private final long generation;
  private final Unwritten unwritten = new Unwritten();
  private final Messages messages = new Messages(unwritten);
  private final Members members = new Members();
  private final Marks marks = new Marks();
  private final Shared shared = new Shared();

  /** Parts in the log that the fold did not apply, or not all of (true): replays must know. */
  private final TreeMap<Cursor, Boolean> refused = new TreeMap<>();

  private Cursor end;
  private long lastTime;

  /** As {@link #lastTime}, but of entries that say more than that messages have expired. */
  private long lastSaid;

  public ChannelState(long generation, FoldLimits limits) {
    this.generation = generation;
    this.limits = limits;
    this.end = new Cursor(generation, 0, 0);
  }

  /**
   * Takes up where a checkpoint left off; only on a new state. What was written with the records
   * counts where the manifest says nothing of it, and where they are ahead of the manifest, which
   * is written after them.
   */
  public void restore(
      ChannelManifest manifest, byte @Nullable [] membersRecord, byte @Nullable [] stateRecord) {
    byte[] state = manifest.state();
    boolean ahead =
        stateRecord != null && new ByteReader(stateRecord).readLong() > manifest.through();
    if (stateRecord != null && (ahead || state.length == 0)) {
      state = stateRecord;
    }
    if (state.length > 0) {
      ByteReader in = new ByteReader(state);
      end = new Cursor(generation, in.readLong(), in.readInt());
      lastTime = in.readLong();
      marks.read(in, generation);
      int count = in.readCount();
      for (int i = 0; i < count; i++) {
        refused.put(Ledger.readCursor(in, generation), in.readBoolean());
      }
      messages.expire(in.more() ? in.readLong() : 0);
      lastSaid = lastTime - (in.more() ? in.readLong() : 0);
    }
    if (membersRecord != null) {
      members.decode(membersRecord);
    }
  }

  /**
   * An empty log begins behind a position: a place in one that was deleted before is not in it.
   * Only on a new state.
   */
  public void beginAfter(long position) {
    if (end.position() == 0) {
      end = new Cursor(generation, position, 0);
    }
  }

  /** The newest client frame applied; position 0, or what it begins behind, for an empty log. */
  public Cursor end() {
    return end;
  }

  /** The newest entry's time, ms; 0 for an empty log. What comes is never from before it. */
  public long lastTime() {
    return lastTime;
  }

  /**
   * The time of the newest entry that says more than that messages have expired, ms; 0 for none. By
   * the others an idle channel would be kept for as long again.
   */
  public long lastSaid() {
    return lastSaid;
  }

  /** What new entries are to be judged by. */
  public FoldLimits limits() {
    return limits;
  }

  /** The serials of the messages an entry changes that are not in memory. */
  public Set<String> missing(Entry entry) {
    Set<String> missing = new HashSet<>();
    for (Part part : entry.parts()) {
      String target = target(part);
      if (target != null && messages.get(target) == null) {
        missing.add(target);
      }
    }
    return missing;
  }

  /** The message a part changes, null for other parts. */
  public static @Nullable String target(Part part) {
    return switch (part) {
      case Part.Mutate mutate -> mutate.target();
      case Part.Append append -> append.target();
      case Part.Annotate annotate -> annotate.target();
      case Part.Publish p -> null;
      case Part.Operate p -> null;
      case Part.Collect p -> null;
      case Part.Expire p -> null;
      case Part.Presence p -> null;
      case Part.Own p -> null;
      case Part.Depart p -> null;
    };
  }

  /** Whether an entry is about shared objects, and they are not in memory. */
  public boolean lacksObjects(Entry entry) {
    return !shared.loaded() && entry.parts().stream().anyMatch(ChannelState::ofObjects);
  }

  /** Whether a part can only be judged with the shared objects in memory. */
  public static boolean ofObjects(Part part) {
    return part instanceof Part.Operate || part instanceof Part.Collect;
  }

  /** Whether the shared objects are in memory, where they are as a whole or not at all. */
  public boolean objectsLoaded() {
    return shared.loaded();
  }

  /** Takes the shared objects into memory. */
  public void loadObjects(StoredObjects records) {
    shared.load(records);
  }

  /** The shared objects as they stand; they must be in memory. */
  public Pool objects() {
    return shared.pool();
  }

  /** What is to be done about the shared objects, which must be in memory. */
  public Upkeep upkeep() {
    return shared.upkeep();
  }

  /** A look for garbage has found none, and will not before then, ms; 0 for never. */
  public void swept(long next) {
    shared.swept(next);
  }

  /** Forgets the shared objects if the store has them as they stand. */
  public void dropObjects() {
    shared.drop();
  }

  /** Why operations cannot be applied, as far as it can be told before; null if they can. */
  public @Nullable ErrorInfo judge(Part.Operate part) {
    return Operating.judge(shared.pool(), part, limits);
  }

  /** Takes a message read from the store into memory. */
  public void load(StoredMessage message) {
    messages.load(message);
  }

  /** Messages from before this time, ms, are taken for gone, whether their records are or not. */
  public long expiredBefore() {
    return messages.expiredBefore();
  }

  /**
   * A message in memory; null when it is not there, whether it exists or not, and when it has
   * expired.
   */
  public @Nullable StoredMessage message(String serial) {
    return messages.get(serial);
  }

  public Collection<Member> members() {
    return members.all();
  }

  /** A member by {@link Member#key}. */
  public @Nullable Member member(String key) {
    return members.get(key);
  }

  /** Would a presence frame keep within the member limit? */
  public boolean membersFit(List<PresenceMessage> frame) {
    return members.fits(frame, limits.maxMembers());
  }

  /** What the log says of a frame, if it has it; null otherwise. */
  public @Nullable Verdict knownBefore(Origin origin) {
    return marks.find(origin);
  }

  /** How much of a part of the log was applied. */
  public Extent extent(Cursor cursor) {
    Boolean partly = refused.get(cursor);
    return partly == null ? Extent.ALL : partly ? Extent.SOME : Extent.NONE;
  }

  /** How much of a part was applied. */
  public enum Extent {
    ALL,
    SOME,
    NONE
  }

  /**
   * Applies the next entry.
   *
   * @param time the journal's; raised to the previous entry's
   * @throws IllegalStateException if the position is not after the last one's
   */
  public Applied apply(long position, long time, Entry entry) {
    if (position <= end.position()) {
      throw new IllegalStateException("entry " + position + " after " + end);
    }
    lastTime = Math.max(lastTime, time);
    if (!entry.onlyExpires()) {
      lastSaid = lastTime;
    }
    FoldLimits judgedBy = entry.limits() == null ? limits.ofEarlyForms() : entry.limits();
    List<Event> events = new ArrayList<>();
    List<Applied.Outcome> outcomes = new ArrayList<>();
    int frame = 0;
    for (Part part : entry.parts()) {
      Cursor cursor = new Cursor(generation, position, frame++);
      Extent extent = new Applying(this, judgedBy, cursor, lastTime, events, outcomes).apply(part);
      if (extent != Extent.ALL) {
        refused.put(cursor, extent == Extent.SOME);
      }
    }
    end = new Cursor(generation, position, entry.parts().size() - 1);
    members.foldedThrough(position);
    return new Applied(end, events, outcomes);
  }

  Messages messages() {
    return messages;
  }

  Members memberTable() {
    return members;
  }

  Marks marks() {
    return marks;
  }

  Shared shared() {
    return shared;
  }

  Unwritten unwritten() {
    return unwritten;
  }

  // ---- to the store ----

  /** Bytes that would be written by a checkpoint. */
  public long unwrittenWeight() {
    return unwritten.weight() + shared.unwritten();
  }

  /** Roughly what a checkpoint writes again and again, whatever has changed, bytes: the marks. */
  public long checkpointCost() {
    // a run of marks takes an eighth of its memory when written
    return marks.weight() / 8;
  }

  /** Whether a checkpoint has anything to write. */
  public boolean clean() {
    return unwritten.isEmpty() && !members.dirty() && !shared.dirty();
  }

  /** Roughly what the channel takes in memory, bytes. */
  public long weight() {
    return unwritten.weight()
        + messages.weight()
        + members.weight()
        + marks.weight()
        + shared.weight();
  }

  /** The records that have changed since the last checkpoint. */
  public Checkpoint checkpoint() {
    List<Checkpoint.Write> writes = unwritten.writes();
    if (members.dirty()) {
      writes.add(new Checkpoint.Write(RecordKind.MEMBERS, "", members.encode()));
    }
    shared.write(writes);
    if (!writes.isEmpty()) {
      // what was refused cannot be told from records that are ahead
      writes.add(new Checkpoint.Write(RecordKind.STATE, "", encodeState()));
    }
    return new Checkpoint(end.position(), writes);
  }

  /**
   * The manifest of the state as it stands, taken together with a checkpoint. It has the state
   * where the records do not: marks are the larger part of what a busy channel writes.
   */
  public ChannelManifest manifest(long trimmed, Checkpoint checkpoint) {
    byte[] rest = checkpoint.records().isEmpty() ? encodeState() : new byte[0];
    return new ChannelManifest(trimmed, end.position(), rest);
  }

  /** A manifest is durable: nobody asks any more about entries up to what it names. */
  public void trimmed(long position) {
    refused.headMap(new Cursor(generation, position, Cursor.MAX_FRAMES)).clear();
  }

  private byte[] encodeState() {
    ByteWriter out = new ByteWriter();
    Ledger.writeCursor(out, end);
    out.writeLong(lastTime);
    marks.write(out);
    out.writeLong(refused.size());
    refused.forEach(
        (cursor, partly) -> {
          Ledger.writeCursor(out, cursor);
          out.writeBoolean(partly);
        });
    boolean expiredLast = lastSaid < lastTime;
    if (messages.expiredBefore() > 0 || expiredLast) {
      out.writeLong(messages.expiredBefore());
    }
    if (expiredLast) {
      out.writeLong(lastTime - lastSaid);
    }
    return out.toByteArray();
  }

  /** The store has all that entries up to a position have made, whoever wrote it. */
  public void written(long through) {
    unwritten.written(through, messages);
    members.written(through);
    shared.written(through);
  }

  /** A message's record is deleted, so the message is gone. */
  public void forget(String serial) {
    messages.forget(serial);
  }

  /** Forgets messages that are in the store, least recently used first. */
  public void shrink(long maxWeight) {
    messages.shrink(maxWeight);
  }

  // ---- what a read of the store must be overlaid with ----

  /** Messages by their serials, in order. */
  public NavigableMap<String, StoredMessage> unwrittenMessages() {
    return unwritten.messagesInOrder();
  }

  /** Whether a message has changed since it was last written. */
  public boolean isUnwritten(String serial) {
    return unwritten.message(serial) != null;
  }

  /** Stored forms by key, of kind VERSION, ANNOTATION or PRESENCE. */
  public NavigableMap<String, byte[]> unwrittenRecords(RecordKind kind) {
    NavigableMap<String, byte[]> records = new TreeMap<>();
    switch (kind) {
      case ANNOTATION ->
          unwritten.annotations().forEach((key, raw) -> records.put(key, raw.bytes()));
      case VERSION -> unwritten.versions().forEach((key, raw) -> records.put(key, raw.bytes()));
      case PRESENCE -> unwritten.presence().forEach((key, raw) -> records.put(key, raw.bytes()));
      case MESSAGE, MEMBERS, STATE, OBJECT, OBJECT_ENTRY, UPKEEP ->
          throw new IllegalArgumentException(kind + " is not kept as bytes");
    }
    return records;
  }
}
