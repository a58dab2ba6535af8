package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.DataCost;
import io.holdfast.fold.Entry;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
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
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A channel as its durable log says it is, by rules written a second time and as plainly as they
 * can be. Never forgets.
 */
final class TrueChannel {
  /** What may wait beside an append and count against it. */
  private static final int CROWD = 2_000;

  private final String name;
  private final int maxMessageBytes;
  private final BooleanSupplier diskWasFull;
  private final Counts counts;

  private final TreeMap<String, TrueMessage> messages = new TreeMap<>();
  private final Map<FrameKey, Applied> marks = new HashMap<>();
  private final Map<String, Applied> keys = new HashMap<>();
  private final Map<String, Integer> tokens = new HashMap<>();
  private final Map<String, TrueMember> members = new TreeMap<>();
  private final Map<String, Long> departed = new HashMap<>();
  private final List<String> presence = new ArrayList<>();
  private final PublisherOrder order;
  private long generation;
  private Cursor end = new Cursor(0, 0, 0);
  private long position;

  /** What an applied frame made. */
  record Applied(Cursor cursor, int items) {}

  TrueChannel(String name, int maxMessageBytes, BooleanSupplier diskWasFull, Counts counts) {
    this.name = name;
    this.maxMessageBytes = maxMessageBytes;
    this.diskWasFull = diskWasFull;
    this.counts = counts;
    this.order = new PublisherOrder(name);
  }

  String name() {
    return name;
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

  /** When a member was last taken out by the server, ms; 0 for never. */
  long departed(String memberKey) {
    return departed.getOrDefault(memberKey, 0L);
  }

  /** Presence events in order: action and member. */
  List<String> presence() {
    return presence;
  }

  @Nullable Applied mark(FrameKey key) {
    return marks.get(key);
  }

  @Nullable Applied key(String idempotencyKey) {
    return keys.get(idempotencyKey);
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
    for (int frame = 0; frame < entry.parts().size(); frame++) {
      end = new Cursor(generation, stored.position(), frame);
      apply(entry.parts().get(frame), stored.time());
    }
  }

  private void apply(Part part, long time) {
    switch (part) {
      case Part.Publish publish -> publish(publish);
      case Part.Mutate mutate -> mutate(mutate);
      case Part.Append append -> append(append);
      case Part.Annotate annotate -> annotate(annotate);
      case Part.Presence entered -> presence(entered);
      case Part.Own own -> own(own);
      case Part.Depart depart -> depart(depart, time);
    }
  }

  private String serial(int index) {
    return new Serial(end, index).toString();
  }

  private boolean repeated(Origin origin) {
    FrameKey key = key(origin);
    return (key != null && marks.containsKey(key))
        || (origin.idempotencyKey() != null && keys.containsKey(origin.idempotencyKey()));
  }

  private static @Nullable FrameKey key(Origin origin) {
    return origin.publisher() == null
        ? null
        : new FrameKey(
            origin.publisher().connectionId(),
            origin.publisher().incarnation(),
            origin.msgSerial());
  }

  private void accept(Origin origin, int items, @Nullable TrueMessage target) {
    FrameKey key = key(origin);
    if (key != null) {
      marks.put(key, new Applied(end, items));
      boolean maybeRefused = diskWasFull.getAsBoolean() || (target != null && contested(target));
      order.applied(key, target == null ? null : target.serial(), maybeRefused);
    }
    if (origin.idempotencyKey() != null) {
      keys.put(origin.idempotencyKey(), new Applied(end, items));
    }
  }

  /** Whether an append may have been refused once: it was deleted, or is nearly too large. */
  private boolean contested(TrueMessage message) {
    return message.mutated() || message.envelope() + message.cost() + CROWD > maxMessageBytes;
  }

  private void publish(Part.Publish part) {
    if (repeated(part.origin())) {
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
    accept(part.origin(), index, null);
  }

  private boolean may(@Nullable TrueMessage message, Part.Author author, boolean any) {
    return message != null
        && (any || (author.clientId() != null && author.clientId().equals(message.clientId())));
  }

  private void mutate(Part.Mutate part) {
    TrueMessage message = messages.get(part.target());
    boolean tooLarge = DataCost.of(part.change().data()) > maxMessageBytes;
    if (repeated(part.origin())
        || message == null
        || tooLarge
        || !may(message, part.author(), part.any())) {
      return;
    }
    TrueVersion before = message.latest();
    boolean replace = part.action() == MessageAction.DELETE || part.change().data() != null;
    String text = replace ? text(part.change().data()) : before.text();
    if (part.change().data() != null) {
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
    accept(part.origin(), 1, null);
  }

  private void append(Part.Append part) {
    TrueMessage message = messages.get(part.target());
    if (part.pieces().size() > 1) {
      counts.add(Happening.ROLLED_UP_ENTRY);
    }
    if (message == null
        || !may(message, part.author(), part.any())
        || message.latest().action() == MessageAction.DELETE) {
      return;
    }
    StringBuilder text = new StringBuilder(message.latest().text());
    int cost = message.cost();
    int envelope = message.envelope();
    boolean some = false;
    for (Part.Piece piece : part.pieces()) {
      int more = DataCost.of(piece.data());
      if (repeated(piece.origin()) || envelope + cost + more > maxMessageBytes) {
        continue;
      }
      cost += more;
      some = true;
      text.append(text(piece.data()));
      tokens.merge(text(piece.data()), 1, Integer::sum);
      accept(piece.origin(), 1, message);
    }
    if (some) {
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
    if (repeated(part.origin()) || message == null) {
      return;
    }
    message.tally().add(part.annotations(), end);
    accept(part.origin(), part.annotations().size(), null);
  }

  private void presence(Part.Presence part) {
    if (repeated(part.origin())) {
      return;
    }
    FrameKey key = key(part.origin());
    if (key != null && order.overtaken(key)) {
      accept(part.origin(), part.messages().size(), null);
      return;
    }
    int index = 0;
    for (PresenceMessage message : part.messages()) {
      String member = member(message);
      String ownedAt = serial(index++);
      TrueMember before = members.get(member);
      if (message.action() == PresenceAction.LEAVE) {
        if (members.remove(member) != null) {
          presence.add("LEAVE " + member);
        }
      } else if (before != null && !PresenceMap.newer(String.valueOf(message.id()), before.id())) {
        members.put(member, new TrueMember(before.id(), before.data(), part.owner(), ownedAt));
      } else {
        String id =
            before == null && part.origin().publisher() != null
                ? message.connectionId() + ":" + part.origin().msgSerial() + ":" + (index - 1)
                : String.valueOf(message.id());
        members.put(member, new TrueMember(id, text(message.data()), part.owner(), ownedAt));
        presence.add((before == null ? "ENTER " : "UPDATE ") + member);
      }
    }
    accept(part.origin(), index, null);
  }

  static String member(PresenceMessage message) {
    return message.connectionId() + ":" + message.clientId();
  }

  private void own(Part.Own part) {
    counts.add(Happening.OWNERSHIP_MOVED);
    members.replaceAll(
        (member, was) ->
            member.startsWith(part.connectionId() + ":")
                ? new TrueMember(was.id(), was.data(), part.owner(), serial(0))
                : was);
  }

  private void depart(Part.Depart part, long time) {
    TrueMember member = members.get(part.memberKey());
    if (member != null && member.ownedAt().equals(part.ownedAt())) {
      counts.add(Happening.DEPARTURE);
      members.remove(part.memberKey());
      departed.put(part.memberKey(), time);
      presence.add("LEAVE " + part.memberKey());
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
