package io.holdfast.channels;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.Event;
import io.holdfast.fold.Serial;
import io.holdfast.fold.StoredMessage;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.ObjectMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Events as frames. Fields that clients take from the frame are left out of its items. */
final class Frames {
  private Frames() {}

  /**
   * New messages.
   *
   * @param resumable whether a client may resume from here
   */
  static Frame created(String channel, Event.Created event, boolean resumable) {
    List<Message> messages = new ArrayList<>(event.messages().size());
    for (Message message : event.messages()) {
      String inherited = event.id() + ":" + messages.size();
      String id = Objects.equals(message.id(), inherited) ? null : message.id();
      messages.add(item(message, message.action(), id, message.data(), event.connectionId()));
    }
    return messages(
        channel,
        messages,
        event.id(),
        event.connectionId(),
        resumable ? event.cursor().toString() : null,
        event.time());
  }

  /** A change as it came, with a delta for an append. */
  static Frame delta(String channel, Event.Changed event) {
    Message delta = event.delta();
    Message item = item(delta, delta.action(), null, delta.data(), event.connectionId());
    // clients that get it whole put it in the place of what they have
    boolean append = delta.action() == MessageAction.APPEND;
    String summary = append ? null : event.whole().summary();
    return messages(
        channel,
        List.of(item.withSummary(summary)),
        event.id(),
        event.connectionId(),
        event.cursor().toString(),
        event.time());
  }

  /** Several appends to one message in one: the last one's fields and the data of all. */
  static Frame joined(String channel, Event.Changed last, Data data, Cursor first) {
    Message delta = last.delta();
    return messages(
        channel,
        List.of(item(delta, MessageAction.APPEND, null, data, last.connectionId())),
        last.id(),
        last.connectionId(),
        first.toString(),
        last.time());
  }

  /**
   * A message as it stands.
   *
   * @param cursor where a client that has it may resume; null for a place it may not
   */
  static Frame whole(String channel, StoredMessage stored, @Nullable Cursor cursor) {
    Message message = stored.message();
    boolean created = message.action() == MessageAction.CREATE;
    String connectionId = created ? message.connectionId() : stored.versionConnectionId();
    String id = created ? message.id() : null;
    return messages(
        channel,
        List.of(
            item(message, message.action(), id, message.data(), connectionId)
                .withSummary(stored.summary())),
        stored.versionId(),
        connectionId,
        cursor == null ? null : cursor.toString(),
        stored.version().timestamp());
  }

  static Frame annotated(String channel, Event.Annotated event) {
    List<Annotation> annotations = new ArrayList<>(event.annotations().size());
    for (Annotation annotation : event.annotations()) {
      String inherited = event.id() + ":" + annotations.size();
      annotations.add(
          new Annotation(
              annotation.action(),
              Objects.equals(annotation.id(), inherited) ? null : annotation.id(),
              annotation.clientId(),
              Objects.equals(annotation.connectionId(), event.connectionId())
                  ? null
                  : annotation.connectionId(),
              annotation.name(),
              annotation.count(),
              annotation.data(),
              annotation.encoding(),
              annotation.timestamp(),
              annotation.serial(),
              annotation.messageSerial(),
              annotation.type(),
              annotation.extras()));
    }
    return new Frame.Annotations(
        channel,
        annotations,
        -1,
        event.id(),
        event.connectionId(),
        event.cursor().toString(),
        event.time());
  }

  /** What the annotations of a message add up to, and no more of it than names it. */
  static Frame summarised(String channel, Event.Summarised event) {
    Message message = event.whole().message();
    Message summary =
        new Message(
            MessageAction.SUMMARY,
            null,
            message.name(),
            null,
            null,
            message.clientId(),
            null,
            null,
            message.timestamp(),
            null,
            message.serial(),
            message.version(),
            event.whole().summary());
    return messages(
        channel,
        List.of(summary),
        event.id(),
        null,
        event.resumable() ? event.cursor().toString() : null,
        event.time());
  }

  static Frame operated(String channel, Event.Operated event) {
    List<ObjectMessage> messages = new ArrayList<>(event.messages().size());
    for (ObjectMessage message : event.messages()) {
      String inherited = event.id() + ":" + messages.size();
      messages.add(
          new ObjectMessage(
              Objects.equals(message.id(), inherited) ? null : message.id(),
              message.clientId(),
              null,
              message.extras(),
              0,
              message.operation(),
              null,
              message.serial(),
              message.serialTimestamp(),
              message.siteCode()));
    }
    return new Frame.Objects(
        channel,
        messages,
        -1,
        event.id(),
        event.connectionId(),
        event.cursor().toString(),
        event.time());
  }

  static Frame presence(String channel, Event.PresenceChanged event) {
    return new Frame.Presence(
        channel,
        event.messages(),
        -1,
        event.id(),
        event.connectionId(),
        event.cursor().toString(),
        event.time());
  }

  private static Frame messages(
      String channel,
      List<Message> messages,
      String id,
      @Nullable String connectionId,
      @Nullable String cursor,
      long time) {
    return new Frame.Messages(channel, messages, -1, id, connectionId, cursor, time, Map.of());
  }

  private static Message item(
      Message message,
      MessageAction action,
      @Nullable String id,
      @Nullable Data data,
      @Nullable String frameConnectionId) {
    return new Message(
        action,
        id,
        message.name(),
        data,
        message.encoding(),
        message.clientId(),
        Objects.equals(message.connectionId(), frameConnectionId) ? null : message.connectionId(),
        null,
        message.timestamp(),
        message.extras(),
        message.serial(),
        message.version());
  }

  /** Where a message was created. */
  static Cursor createdAt(StoredMessage message) {
    Serial serial = Serial.parse(message.serial());
    if (serial == null) {
      throw new IllegalStateException("a message with serial " + message.serial());
    }
    return serial.cursor();
  }
}
