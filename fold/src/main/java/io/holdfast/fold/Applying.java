package io.holdfast.fold;

import io.holdfast.fold.ChannelState.Extent;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The application of one part to a channel's state: the fold's rules, one method a kind. */
final class Applying {
  private final ChannelState state;
  private final FoldLimits limits;
  private final Cursor cursor;
  private final long time;
  private final List<Event> events;
  private final List<Applied.Outcome> outcomes;

  Applying(
      ChannelState state,
      FoldLimits limits,
      Cursor cursor,
      long time,
      List<Event> events,
      List<Applied.Outcome> outcomes) {
    this.state = state;
    this.limits = limits;
    this.cursor = cursor;
    this.time = time;
    this.events = events;
    this.outcomes = outcomes;
  }

  /** Tells how much of the part was applied. */
  Extent apply(Part part) {
    return switch (part) {
      case Part.Publish publish -> publish(publish);
      case Part.Mutate mutate -> mutate(mutate);
      case Part.Append append -> append(append);
      case Part.Annotate annotate -> annotate(annotate);
      case Part.Operate operate -> operate(operate);
      case Part.Collect collect -> collect(collect);
      case Part.Expire expire -> {
        // what comes later is never from before this entry
        state.messages().expire(Math.min(expire.before(), time));
        yield Extent.ALL;
      }
      case Part.Presence presence -> presence(presence);
      case Part.Own own -> {
        if (!state.memberTable().covers(cursor.position())) {
          state.memberTable().own(own.connectionId(), own.owner(), serial(0));
        }
        yield Extent.ALL;
      }
      case Part.Depart depart -> depart(depart);
    };
  }

  private Extent operate(Part.Operate part) {
    if (repeated(part.origin()) || overtaken(part.origin())) {
      return Extent.NONE;
    }
    return switch (Operating.operate(state.shared(), part, cursor, time, limits)) {
      case Operating.Outcome.Refused(ErrorInfo error) -> refuse(part.origin(), error);
      case Operating.Outcome.Done(Event.Operated event) -> {
        events.add(event);
        accept(part.origin(), part.acts().size());
        yield Extent.ALL;
      }
    };
  }

  private Extent collect(Part.Collect part) {
    Event.Operated event = Operating.collect(state.shared(), part, cursor, time, limits);
    if (!event.messages().isEmpty()) {
      events.add(event);
    }
    return Extent.ALL;
  }

  private Extent publish(Part.Publish part) {
    if (repeated(part.origin()) || overtaken(part.origin())) {
      return Extent.NONE;
    }
    List<Message> messages = Complete.messages(part, cursor, time);
    for (Message message : messages) {
      state
          .messages()
          .put(
              new StoredMessage(
                  message,
                  String.valueOf(message.id()),
                  message.connectionId(),
                  cursor.position(),
                  0,
                  DataCost.of(message.data())));
    }
    events.add(Complete.created(part, messages, cursor, time));
    accept(part.origin(), messages.size());
    return Extent.ALL;
  }

  private Extent mutate(Part.Mutate part) {
    if (repeated(part.origin()) || overtaken(part.origin())) {
      return Extent.NONE;
    }
    StoredMessage before = state.messages().get(part.target());
    boolean seen = seen(before);
    ErrorInfo error =
        seen
            ? null
            : Refusals.change(
                before, part.target(), part.action(), part.author().clientId(), part.any());
    if (error != null || before == null) {
      return refuse(part.origin(), error);
    }
    StoredMessage after =
        Messages.mutated(before, part, version(part.version()), cursor.position(), limits.early());
    error = seen ? null : oversize(before, part, after);
    if (error != null) {
      return refuse(part.origin(), error);
    }
    if (!seen) {
      state.unwritten().archive(before, cursor.position());
      state.messages().put(after);
    }
    events.add(changed(part.author(), after.message(), after));
    accept(part.origin(), 1);
    return Extent.ALL;
  }

  private Extent append(Part.Append part) {
    StoredMessage before = state.messages().get(part.target());
    boolean seen = seen(before);
    ErrorInfo error =
        seen
            ? null
            : Refusals.change(
                before, part.target(), MessageAction.APPEND, part.author().clientId(), part.any());
    Data more = null;
    int applied = 0;
    for (Part.Piece piece : part.pieces()) {
      if (repeated(piece.origin())) {
        continue;
      }
      ErrorInfo wrong =
          before == null || error != null || seen
              ? error
              : judge(before, cost(before, part), more, piece.data(), part.change().encoding());
      if (wrong != null) {
        refuse(piece.origin(), wrong);
        continue;
      }
      more = Complete.joined(more, piece.data());
      applied++;
      accept(piece.origin(), 1);
    }
    if (applied == 0 || before == null) {
      return Extent.NONE;
    }
    StoredMessage after =
        Messages.appended(before, part, more, version(part.version()), cursor.position());
    if (!seen) {
      if (before.revised()) {
        state.unwritten().archive(before, cursor.position());
      }
      state.messages().put(after);
    }
    events.add(changed(part.author(), Complete.delta(after.message(), more), after));
    return applied == part.pieces().size() ? Extent.ALL : Extent.SOME;
  }

  /** What a message takes that is to be appended to, without what the pieces bring. */
  private int cost(StoredMessage before, Part.Append part) {
    return limits.early() ? before.envelopeCost() + before.dataCost() : before.costWith(part);
  }

  private Extent annotate(Part.Annotate part) {
    if (repeated(part.origin()) || overtaken(part.origin())) {
      return Extent.NONE;
    }
    StoredMessage before = state.messages().get(part.target());
    boolean seen = seen(before);
    ErrorInfo error = seen ? null : Refusals.annotations(before, part);
    if (error != null || before == null) {
      return refuse(part.origin(), error);
    }
    StoredMessage after = seen ? before : before.annotated(part.annotations(), cursor.position());
    if (!seen) {
      state.messages().put(after);
    }
    Event.Annotated event = Complete.annotated(part, cursor, time, after);
    for (Annotation annotation : event.annotations()) {
      state.unwritten().putAnnotation(annotation, cursor.position());
    }
    events.add(event);
    accept(part.origin(), part.annotations().size());
    return Extent.ALL;
  }

  private @Nullable ErrorInfo judge(
      StoredMessage before,
      int cost,
      @Nullable Data pending,
      @Nullable Data piece,
      @Nullable String encoding) {
    Message message = before.message();
    if (!Growth.fits(message.data(), message.encoding(), piece, encoding)
        || !Growth.fits(pending, encoding, piece, encoding)) {
      return Refusals.mixedData();
    }
    return oversize(cost + DataCost.of(pending) + DataCost.of(piece));
  }

  /**
   * Whether an update or delete makes too much of a message. A delete that brings no data goes
   * through however full the message is, and so does an update that makes it no larger.
   */
  private @Nullable ErrorInfo oversize(
      StoredMessage before, Part.Mutate part, StoredMessage after) {
    Data data = part.change().data();
    if (limits.early()) {
      return data == null ? null : oversize(before.envelopeCost() + DataCost.of(data));
    }
    boolean more = part.action() == MessageAction.UPDATE && after.cost() > before.cost();
    return data != null || more ? oversize(after.cost()) : null;
  }

  private @Nullable ErrorInfo oversize(int cost) {
    int limit = limits.maxMessageBytes();
    return cost > limit ? Refusals.tooLarge(limit) : null;
  }

  /** Whether the record this message was read from had seen this entry before a crash. */
  private boolean seen(@Nullable StoredMessage before) {
    return before != null
        && before.through() >= cursor.position()
        && state.unwritten().message(before.serial()) == null;
  }

  private Extent presence(Part.Presence part) {
    if (repeated(part.origin())) {
      return Extent.NONE;
    }
    if (overtaken(part.origin())) {
      return Extent.NONE;
    }
    Members members = state.memberTable();
    int limit = limits.maxMembers();
    if (!members.fits(part.messages(), limit)) {
      return refuse(part.origin(), Refusals.tooManyMembers(limit));
    }
    List<PresenceMessage> changed = new ArrayList<>();
    if (!members.covers(cursor.position())) {
      int index = 0;
      for (PresenceMessage message : part.messages()) {
        String id = frameId(part.origin(), message, index);
        PresenceMessage event = members.apply(message, id, part.owner(), serial(index++), time);
        if (event != null) {
          changed.add(event);
        }
      }
    }
    // A part of nobody is in some logs: it changes nothing, and its channel must open.
    tell(changed.isEmpty() ? null : part.messages().getFirst().connectionId(), changed);
    accept(part.origin(), part.messages().size());
    return Extent.ALL;
  }

  private static String frameId(Origin origin, PresenceMessage message, int index) {
    Publisher publisher = origin.publisher();
    return publisher == null
        ? String.valueOf(message.id())
        : publisher.frame(origin.msgSerial()) + ":" + index;
  }

  private Extent depart(Part.Depart part) {
    Members members = state.memberTable();
    if (members.covers(cursor.position())) {
      return Extent.ALL;
    }
    PresenceMessage leave = members.depart(part, time);
    if (leave == null) {
      return Extent.NONE;
    }
    tell(null, List.of(leave));
    return Extent.ALL;
  }

  private void tell(@Nullable String connectionId, List<PresenceMessage> changed) {
    int index = 0;
    for (PresenceMessage message : changed) {
      state
          .unwritten()
          .putPresence(serial(index++), PresenceRecord.encode(message), cursor.position());
    }
    if (!changed.isEmpty()) {
      events.add(
          new Event.PresenceChanged(
              cursor, String.valueOf(changed.getFirst().id()), connectionId, time, changed));
    }
  }

  private Event.Changed changed(Part.Author author, Message delta, StoredMessage after) {
    return new Event.Changed(cursor, author.id(), author.connectionId(), time, delta, after);
  }

  private Version version(Version given) {
    return Complete.version(given, serial(0), time);
  }

  private String serial(int index) {
    return new Serial(cursor, index).toString();
  }

  private boolean repeated(Origin origin) {
    Verdict known = state.marks().find(origin);
    if (known != null) {
      outcomes.add(new Applied.Outcome(origin, known));
    }
    return known != null;
  }

  /**
   * Refused once and unheard, with later ones applied since: it is refused again, as applying it
   * now would put it behind those. Only appends may be overtaken, in the window they share.
   */
  private boolean overtaken(Origin origin) {
    boolean overtaken = state.marks().overtaken(origin);
    if (overtaken) {
      outcomes.add(new Applied.Outcome(origin, new Verdict.Refused(Refusals.overtaken())));
    }
    return overtaken;
  }

  private void accept(Origin origin, int items) {
    state.marks().applied(origin, cursor, items, time, limits.resultsKept());
    outcomes.add(new Applied.Outcome(origin, new Verdict.Accepted(cursor, items)));
  }

  private Extent refuse(Origin origin, @Nullable ErrorInfo error) {
    if (error != null) {
      state.marks().refused(origin, cursor, error, time, limits.resultsKept());
      outcomes.add(new Applied.Outcome(origin, new Verdict.Refused(error)));
    }
    return Extent.NONE;
  }
}
