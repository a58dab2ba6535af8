package io.holdfast.fold;

import io.holdfast.objects.Operation;
import io.holdfast.objects.Stamp;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.ObjectMessage;
import io.holdfast.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fills in what only the log can give: serials, versions and times. */
final class Complete {
  private static final Data EMPTY = Data.text("");

  private Complete() {}

  /** Two pieces as one, apart from any message's own array. */
  static @Nullable Data joined(@Nullable Data first, @Nullable Data second) {
    return first == null ? second : Growth.append(first, second);
  }

  static List<Message> messages(Part.Publish part, Cursor cursor, long time) {
    List<Message> messages = new ArrayList<>(part.messages().size());
    for (Message message : part.messages()) {
      String serial = new Serial(cursor, messages.size()).toString();
      messages.add(
          new Message(
              MessageAction.CREATE,
              message.id(),
              message.name(),
              message.data(),
              message.encoding(),
              message.clientId(),
              message.connectionId(),
              null,
              time,
              message.extras(),
              serial,
              new Version(serial, time, null, null, null)));
    }
    return messages;
  }

  static Event.Created created(
      Part.Publish part, List<Message> messages, Cursor cursor, long time) {
    Publisher publisher = part.origin().publisher();
    String id =
        publisher == null
            ? String.valueOf(messages.getFirst().id())
            : publisher.frame(part.origin().msgSerial());
    return new Event.Created(cursor, id, messages.getFirst().connectionId(), time, messages);
  }

  static List<Annotation> annotations(Part.Annotate part, Cursor cursor, long time) {
    List<Annotation> annotations = new ArrayList<>(part.annotations().size());
    for (Annotation annotation : part.annotations()) {
      annotations.add(
          new Annotation(
              annotation.action(),
              annotation.id(),
              annotation.clientId(),
              annotation.connectionId(),
              annotation.name(),
              annotation.count(),
              annotation.data(),
              annotation.encoding(),
              time,
              new Serial(cursor, annotations.size()).toString(),
              part.target(),
              annotation.type(),
              annotation.extras()));
    }
    return annotations;
  }

  static Event.Annotated annotated(
      Part.Annotate part, Cursor cursor, long time, StoredMessage whole) {
    List<Annotation> annotations = annotations(part, cursor, time);
    Annotation first = annotations.getFirst();
    Publisher publisher = part.origin().publisher();
    String id =
        publisher == null
            ? String.valueOf(first.id())
            : publisher.connectionId() + ":" + part.origin().msgSerial();
    return new Event.Annotated(cursor, id, first.connectionId(), time, annotations, whole);
  }

  static Event.Operated operated(Part.Operate part, Cursor cursor, long time) {
    List<ObjectMessage> messages = new ArrayList<>(part.acts().size());
    Part.Author author = part.author();
    for (Part.Act act : part.acts()) {
      String id = act.id() == null ? author.id() + ":" + messages.size() : act.id();
      messages.add(
          told(
              id,
              author.clientId(),
              author.connectionId(),
              act.extras(),
              act.operation(),
              stamp(cursor, messages.size(), time)));
    }
    return new Event.Operated(cursor, author.id(), author.connectionId(), time, messages);
  }

  /** What the server itself does to objects. */
  static Event.Operated operated(String id, List<Operation> operations, Cursor cursor, long time) {
    List<ObjectMessage> messages = new ArrayList<>(operations.size());
    for (Operation operation : operations) {
      int index = messages.size();
      messages.add(told(id + ":" + index, null, null, null, operation, stamp(cursor, index, time)));
    }
    return new Event.Operated(cursor, id, null, time, messages);
  }

  /** Where an operation stands. */
  static Stamp stamp(Cursor cursor, int index, long time) {
    return new Stamp(new Serial(cursor, index).toString(), Cursor.site(cursor.generation()), time);
  }

  private static ObjectMessage told(
      String id,
      @Nullable String clientId,
      @Nullable String connectionId,
      @Nullable Extras extras,
      Operation operation,
      Stamp stamp) {
    return new ObjectMessage(
        id,
        clientId,
        connectionId,
        extras,
        stamp.time(),
        operation,
        null,
        stamp.serial(),
        stamp.time(),
        stamp.site());
  }

  static Version version(Version given, String serial, long time) {
    return new Version(serial, time, given.clientId(), given.description(), given.metadata());
  }

  /** What a subscriber gets who holds all of a message but the last of its data. */
  static Message delta(Message after, @Nullable Data more) {
    return new Message(
        MessageAction.APPEND,
        after.id(),
        after.name(),
        more == null ? EMPTY : more,
        after.encoding(),
        after.clientId(),
        after.connectionId(),
        null,
        after.timestamp(),
        after.extras(),
        after.serial(),
        after.version());
  }
}
