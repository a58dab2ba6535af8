package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.DataCost;
import io.holdfast.fold.Entry;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.FoldLimits;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.fold.Serial;
import io.holdfast.journal.StoredEntry;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A channel as its durable log says it is, by rules written a second time and as plainly as they
 * can be. Never forgets.
 */
final class TrueChannel {
  /** What may wait beside an append and count against it. */
  private static final int CROWD = 2_000;

  private final String name;
  private final Laws laws;
  private final Counts counts;

  private final TreeMap<String, TrueMessage> messages = new TreeMap<>();
  private final Map<FrameKey, Applied> marks = new HashMap<>();
  private final Map<String, Applied> keys = new HashMap<>();
  private final Map<String, List<Applied>> named = new HashMap<>();
  private final Map<String, Integer> tokens = new HashMap<>();
  private final Map<String, TrueMember> members = new TreeMap<>();
  private final Map<String, Cursor> departed = new HashMap<>();

  /** As they were when they were taken out. */
  private final Map<String, TrueMember> taken = new HashMap<>();

  private final Set<String> repeats = new HashSet<>();
  private final Set<FrameKey> refused = new HashSet<>();
  private final Set<String> expired = new HashSet<>();
  private final Map<FrameKey, Applied> made = new HashMap<>();
  private final TrueObjects objects = new TrueObjects();
  private PublisherOrder order;
  private int mostMembers;
  private FoldLimits limits = FoldLimits.DEFAULT;
  private long generation;
  private Cursor end = new Cursor(0, 0, 0);
  private long position;
  private long deletedThrough;

  /** What an applied frame made. */
  record Applied(Cursor cursor, int items) {}

  TrueChannel(String name, Laws laws, Counts counts) {
    this.name = name;
    this.laws = laws;
    this.counts = counts;
    this.order = new PublisherOrder(name);
  }

  String name() {
    return name;
  }

  TrueObjects objects() {
    return objects;
  }

  /** By which name its log numbers operations. */
  String site() {
    return Cursor.site(generation);
  }

  void generation(long is) {
    generation = is;
  }

  /** The newest entry seen. */
  long position() {
    return position;
  }

  Cursor end() {
    return end;
  }

  NavigableMap<String, TrueMessage> messages() {
    return messages;
  }

  @Nullable TrueMessage message(String serial) {
    return messages.get(serial);
  }

  Map<String, TrueMember> members() {
    return members;
  }

  /** Whether the server has taken a member out behind a place. */
  boolean departedSince(String memberKey, Cursor place) {
    Cursor departure = departed.get(memberKey);
    return place.position() <= deletedThrough
        || (departure != null && departure.compareTo(place) > 0);
  }

  /** How many members there ever were at once. */
  int mostMembers() {
    return mostMembers;
  }

  /** What a frame made that is still known. */
  @Nullable Applied mark(FrameKey key) {
    return marks.get(key);
  }

  /** What a frame has ever made. */
  @Nullable Applied made(FrameKey key) {
    return made.get(key);
  }

  /** Whether a serial is of a frame that came again and makes nothing. */
  boolean repeat(String serial) {
    return repeats.contains(serial);
  }

  /** Whether a text was deleted, being too old. */
  boolean expired(String token) {
    return expired.contains(token);
  }

  /** Entries up to here are gone with all they made. */
  long deletedThrough() {
    return deletedThrough;
  }

  /** Whether a serial is of what was deleted; a frame with it was on its way then. */
  boolean deleted(String serial) {
    Cursor at = Cursor.parse(serial.substring(0, serial.lastIndexOf(':')));
    return at != null && at.position() <= deletedThrough;
  }

  /** Nothing is left but the count of positions. */
  void delete() {
    deletedThrough = position;
    expired.addAll(tokens.keySet());
    messages.clear();
    marks.clear();
    refused.clear();
    keys.clear();
    tokens.clear();
    members.clear();
    objects.clear();
    order = new PublisherOrder(name);
    end = new Cursor(generation, 0, 0);
  }

  /**
   * What a frame may be answered with: what it has made, or what the same ids had made. An answer
   * waits for those to earlier frames, whatever channels they are of; when the channel is deleted
   * meanwhile, being too old, and maybe the same ids make something again, it still names what was
   * there when the frame was judged.
   *
   * @param deletedBefore how far the channel had been deleted when the frame was first sent: what
   *     was gone by then answers nothing
   */
  List<Applied> answers(FrameKey name, @Nullable String ids, long deletedBefore) {
    List<Applied> answers = new ArrayList<>();
    Applied own = made.get(name);
    if (own != null) {
      answers.add(own);
    }
    if (ids != null) {
      answers.addAll(named.getOrDefault(ids, List.of()));
    }
    answers.removeIf(applied -> applied.cursor().position() <= deletedBefore);
    return answers;
  }

  /** How often a text has been applied. */
  int times(String token) {
    return tokens.getOrDefault(token, 0);
  }

  void entry(StoredEntry stored) {
    if (stored.position() <= position) {
      return;
    }
    position = stored.position();
    Entry entry = EntryCodec.decode(stored.bytes());
    if (entry.limits() != null) {
      limits = entry.limits();
    }
    for (int frame = 0; frame < entry.parts().size(); frame++) {
      end = new Cursor(generation, stored.position(), frame);
      apply(entry.parts().get(frame));
    }
  }

  private void apply(Part part) {
    laws.stored(this, part);
    switch (part) {
      case Part.Publish publish -> publish(publish);
      case Part.Mutate mutate -> mutate(mutate);
      case Part.Append append -> append(append);
      case Part.Annotate annotate -> annotate(annotate);
      case Part.Presence entered -> presence(entered);
      case Part.Operate operate -> operate(operate);
      case Part.Collect collect ->
          throw new Broken(ObjectsTrue.LOGGED, "nobody asked for " + collect);
      case Part.Expire expire ->
          throw new Broken(NothingAckedIsLost.NAME, "nobody asked for " + expire);
      case Part.Own own -> own(own);
      case Part.Depart depart -> depart(depart);
    }
  }

  private String serial(int index) {
    return new Serial(end, index).toString();
  }

  private boolean repeated(Origin origin, @Nullable String ids) {
    FrameKey key = key(origin);
    if (key != null && refused.contains(key)) {
      return true;
    }
    boolean again =
        (key != null && marks.containsKey(key)) || (ids != null && keys.containsKey(ids));
    if (again) {
      repeats.add(serial(0));
    }
    return again;
  }

  /** Refused once and unheard, and by now it would stand behind what was sent after it. */
  private boolean overtaken(Origin origin) {
    FrameKey key = key(origin);
    return key != null && order.overtaken(key);
  }

  /** Nor is it applied when it comes again, whatever has changed meanwhile. */
  private void refuse(Origin origin) {
    FrameKey key = key(origin);
    if (key != null) {
      refused.add(key);
    }
  }

  static @Nullable FrameKey key(Origin origin) {
    return origin.publisher() == null
        ? null
        : new FrameKey(
            origin.publisher().connectionId(),
            origin.publisher().incarnation(),
            origin.msgSerial());
  }

  private void accept(
      Origin origin, @Nullable String ids, int items, @Nullable TrueMessage target) {
    FrameKey key = key(origin);
    Applied applied = new Applied(end, items);
    if (key != null) {
      marks.put(key, applied);
      made.put(key, applied);
      boolean maybeRefused =
          laws.unstored().has(key)
              || (ids != null && laws.unstored().has(ids))
              || (target != null && contested(target));
      order.applied(key, target == null ? null : target.serial(), maybeRefused);
    }
    if (ids != null) {
      keys.put(ids, applied);
      named.computeIfAbsent(ids, i -> new ArrayList<>()).add(applied);
    }
  }

  /**
   * What names messages that come again, when it was their publisher who gave them ids: one message
   * is never a batch, whatever the batch's ids have in common.
   */
  static String ids(List<Message> messages) {
    return (messages.size() == 1 ? "message " : "batch ") + messages.getFirst().id();
  }

  /** Whether an append may have been refused once: it was deleted, or is nearly too large. */
  private boolean contested(TrueMessage message) {
    return message.mutated()
        || message.envelope() + message.cost() + CROWD > laws.leastMessageBytes();
  }

  private void publish(Part.Publish part) {
    String ids = part.origin().idempotencyKey() == null ? null : ids(part.messages());
    if (repeated(part.origin(), ids) || overtaken(part.origin())) {
      return;
    }
    int index = 0;
    for (Message message : part.messages()) {
      String serial = serial(index++);
      String text = text(message.data());
      tokens.merge(text, 1, Integer::sum);
      TrueVersion version =
          new TrueVersion(
              serial,
              MessageAction.CREATE,
              text,
              message.name(),
              json(message.extras()),
              message.connectionId());
      messages.put(
          serial,
          new TrueMessage(serial, message.clientId(), version, DataCost.of(message.data())));
    }
    accept(part.origin(), ids, index, null);
  }

  private boolean may(@Nullable TrueMessage message, Part.Author author, boolean any) {
    return message != null
        && (any || (author.clientId() != null && author.clientId().equals(message.clientId())));
  }

  private void mutate(Part.Mutate part) {
    TrueMessage message = messages.get(part.target());
    if (repeated(part.origin(), null) || overtaken(part.origin())) {
      return;
    }
    if (message == null || outgrown(message, part) || !may(message, part.author(), part.any())) {
      refuse(part.origin());
      return;
    }
    TrueVersion before = message.latest();
    boolean replace = part.change().data() != null;
    String text = replace ? text(part.change().data()) : before.text();
    if (replace) {
      tokens.merge(text, 1, Integer::sum);
    }
    String extras = json(part.change().extras());
    message.add(
        new TrueVersion(
            serial(0),
            part.action(),
            text,
            part.change().name() == null ? before.name() : part.change().name(),
            extras == null ? before.extras() : extras,
            part.author().connectionId()),
        replace ? DataCost.of(part.change().data()) : message.cost());
    message.mutate();
    accept(part.origin(), null, 1, null);
  }

  private boolean outgrown(TrueMessage message, Part.Mutate part) {
    Part.Change change = part.change();
    int data = change.data() == null ? message.cost() : DataCost.of(change.data());
    int cost = message.envelope(change.name(), json(change.extras())) + data;
    boolean more =
        part.action() == MessageAction.UPDATE && cost > message.envelope() + message.cost();
    return (change.data() != null || more) && cost > limits.maxMessageBytes();
  }

  private void append(Part.Append part) {
    TrueMessage message = messages.get(part.target());
    if (part.pieces().size() > 1) {
      counts.add(Happening.ROLLED_UP_ENTRY);
    }
    if (message == null
        || !may(message, part.author(), part.any())
        || message.latest().action() == MessageAction.DELETE) {
      for (Part.Piece piece : part.pieces()) {
        if (!repeated(piece.origin(), null)) {
          refuse(piece.origin());
        }
      }
      return;
    }
    StringBuilder text = new StringBuilder(message.latest().text());
    int cost = message.cost();
    int envelope = message.envelope(part.change().name(), json(part.change().extras()));
    boolean some = false;
    for (Part.Piece piece : part.pieces()) {
      int more = DataCost.of(piece.data());
      if (repeated(piece.origin(), null)) {
        continue;
      }
      if (envelope + cost + more > limits.maxMessageBytes()) {
        refuse(piece.origin());
        continue;
      }
      cost += more;
      some = true;
      text.append(text(piece.data()));
      tokens.merge(text(piece.data()), 1, Integer::sum);
      accept(piece.origin(), null, 1, message);
    }
    if (some) {
      // what came again of it has made nothing, but the part has
      repeats.remove(serial(0));
      TrueVersion before = message.latest();
      String extras = json(part.change().extras());
      message.add(
          new TrueVersion(
              serial(0),
              MessageAction.UPDATE,
              text.toString(),
              part.change().name() == null ? before.name() : part.change().name(),
              extras == null ? before.extras() : extras,
              part.author().connectionId()),
          cost);
    }
  }

  private void annotate(Part.Annotate part) {
    TrueMessage message = messages.get(part.target());
    if (repeated(part.origin(), null) || overtaken(part.origin())) {
      return;
    }
    if (message == null) {
      refuse(part.origin());
      return;
    }
    message.tally().add(part.annotations(), end);
    accept(part.origin(), null, part.annotations().size(), null);
  }

  private void operate(Part.Operate part) {
    String ids = TrueObjects.ids(part);
    if (repeated(part.origin(), ids) || overtaken(part.origin())) {
      return;
    }
    if (!objects.takes(part)) {
      refuse(part.origin());
      return;
    }
    for (Part.Act act : part.acts()) {
      objects.apply(act.operation());
      String token = TrueObjects.token(act.operation());
      if (token != null) {
        tokens.merge(token, 1, Integer::sum);
      }
    }
    objects.stands(end);
    accept(part.origin(), ids, part.acts().size(), null);
  }

  private void presence(Part.Presence part) {
    FrameKey key = key(part.origin());
    if (key == null) {
      part.messages().forEach(message -> comeBack(message, part.owner()));
      return;
    }
    if (repeated(part.origin(), null)) {
      return;
    }
    if (order.overtaken(key)) {
      return;
    }
    if (!fits(part)) {
      refuse(part.origin());
      return;
    }
    int index = 0;
    for (PresenceMessage message : part.messages()) {
      String own =
          new Publisher(key.connectionId(), key.incarnation()).frame(key.msgSerial()) + ":" + index;
      present(message, part.owner(), key, own, serial(index++));
    }
    mostMembers = Math.max(mostMembers, members.size());
    accept(part.origin(), null, index, null);
  }

  private boolean fits(Part.Presence part) {
    long more =
        part.messages().stream()
            .filter(m -> m.action() != PresenceAction.LEAVE && !members.containsKey(member(m)))
            .count();
    return more == 0 || members.size() + more <= limits.maxMembers();
  }

  /**
   * One member speaks.
   *
   * @param own the id of what is said by this frame; under another one it says again what it has
   *     said by that, which is news only if what was said last has been forgotten since. What is
   *     stored late of the connection's life before is none either: it is older to every client
   */
  private void present(
      PresenceMessage message, Owner sender, FrameKey frame, String own, String ownedAt) {
    String id = String.valueOf(message.id());
    String member = member(message);
    TrueMember before = members.get(member);
    Owner owner = before != null && sender.precedes(before.owner()) ? before.owner() : sender;
    if (message.action() == PresenceAction.LEAVE) {
      if (before == null || !before.follows(id)) {
        members.remove(member);
      }
    } else if (before == null || before.precedes(id) || (own.equals(id) && !before.follows(id))) {
      String said = before == null ? own : id;
      members.put(member, new TrueMember(text(message.data()), owner, ownedAt, said, frame));
    } else {
      members.put(member, new TrueMember(before.data(), owner, ownedAt, before.id(), frame));
    }
  }

  /** A node puts somebody back whom another has taken out, while it was not heard. */
  private void comeBack(PresenceMessage message, Owner owner) {
    String member = member(message);
    TrueMember before = taken.get(member);
    if (before == null || !before.owner().equals(owner)) {
      throw new Broken(PresenceTrue.NAME, member + " is put back by " + owner + ", was " + before);
    }
    if (!members.containsKey(member)) {
      counts.add(Happening.PUT_BACK);
      members.put(
          member, new TrueMember(before.data(), owner, serial(0), before.id(), before.frame()));
    }
  }

  static String member(PresenceMessage message) {
    return message.connectionId() + ":" + message.clientId();
  }

  private void own(Part.Own part) {
    counts.add(Happening.OWNERSHIP_MOVED);
    members.replaceAll(
        (member, was) ->
            member.startsWith(part.connectionId() + ":") && !part.owner().precedes(was.owner())
                ? new TrueMember(was.data(), part.owner(), serial(0), was.id(), was.frame())
                : was);
  }

  private void depart(Part.Depart part) {
    TrueMember member = members.get(part.memberKey());
    if (member != null && member.ownedAt().equals(part.ownedAt())) {
      counts.add(Happening.DEPARTURE);
      laws.departures().judge(name, part.memberKey(), member, part.id());
      members.remove(part.memberKey());
      taken.put(part.memberKey(), member);
      departed.put(part.memberKey(), end);
    }
  }

  static String text(@Nullable Data data) {
    return data == null ? "" : data.asText();
  }

  static @Nullable String json(@Nullable Extras extras) {
    return extras == null ? null : extras.json();
  }

  @Override
  public String toString() {
    return name + " at " + end;
  }
}
