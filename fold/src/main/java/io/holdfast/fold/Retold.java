package io.holdfast.fold;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells again what a stored part did, from the part and the state as it is now: for those who were
 * away. Parts the fold refused must be left out by the caller.
 */
public final class Retold {
  private Retold() {}

  /**
   * The event of a part.
   *
   * @param target the message the part changes, as it stands now; null if it has none or is gone
   * @param partly whether the fold left out some of its frames, so that only the message itself is
   *     sure to be right
   * @return null when there is nothing to tell
   */
  public static @Nullable Event event(
      Part part, Cursor cursor, long time, @Nullable StoredMessage target, boolean partly) {
    return switch (part) {
      case Part.Publish publish ->
          Complete.created(publish, Complete.messages(publish, cursor, time), cursor, time);
      case Part.Mutate mutate ->
          target == null ? null : changed(mutate.author(), cursor, time, target.message(), target);
      case Part.Append append -> {
        if (target == null) {
          yield null;
        }
        Message delta = partly ? target.message() : delta(append, cursor, time, target);
        yield changed(append.author(), cursor, time, delta, target);
      }
      case Part.Annotate annotate ->
          target == null ? null : Complete.annotated(annotate, cursor, time, target);
      case Part.Presence presence -> presence(presence, cursor, time);
      case Part.Operate operate -> Complete.operated(operate, cursor, time);
      // what came of it is in the objects, which everyone who attaches is sent
      case Part.Collect collect -> null;
      case Part.Expire expire -> null;
      case Part.Own own -> null;
      case Part.Depart depart -> departed(depart, cursor, time);
    };
  }

  private static Event changed(
      Part.Author author, Cursor cursor, long time, Message delta, StoredMessage now) {
    return new Event.Changed(cursor, author.id(), author.connectionId(), time, delta, now);
  }

  private static Message delta(Part.Append part, Cursor cursor, long time, StoredMessage now) {
    Data more = null;
    for (Part.Piece piece : part.pieces()) {
      more = Complete.joined(more, piece.data());
    }
    Message message = now.message();
    Message then =
        new Message(
            message.action(),
            message.id(),
            part.change().name() == null ? message.name() : part.change().name(),
            null,
            message.encoding(),
            message.clientId(),
            message.connectionId(),
            null,
            message.timestamp(),
            part.change().extras() == null ? message.extras() : part.change().extras(),
            message.serial(),
            Complete.version(part.version(), new Serial(cursor, 0).toString(), time));
    return Complete.delta(then, more);
  }

  private static @Nullable Event presence(Part.Presence part, Cursor cursor, long time) {
    List<PresenceMessage> messages =
        part.messages().stream()
            .map(
                m ->
                    new PresenceMessage(
                        m.action(),
                        m.id(),
                        m.clientId(),
                        m.connectionId(),
                        m.data(),
                        m.encoding(),
                        m.extras(),
                        time))
            .toList();
    PresenceMessage first = messages.getFirst();
    return new Event.PresenceChanged(
        cursor, String.valueOf(first.id()), first.connectionId(), time, messages);
  }

  private static Event departed(Part.Depart part, Cursor cursor, long time) {
    int colon = part.memberKey().indexOf(':');
    PresenceMessage leave =
        new PresenceMessage(
            PresenceAction.LEAVE,
            part.id(),
            part.memberKey().substring(colon + 1),
            part.memberKey().substring(0, colon),
            (Data) null,
            null,
            null,
            time);
    return new Event.PresenceChanged(cursor, part.id(), null, time, List.of(leave));
  }
}
