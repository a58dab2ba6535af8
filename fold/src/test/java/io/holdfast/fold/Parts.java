package io.holdfast.fold;

import io.holdfast.objects.Operation;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.Version;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Parts as connections make them, in few words. The client id is the connection's. */
final class Parts {
  static final Owner OWNER = new Owner("boot", 1);
  private static final Version UNNAMED = new Version(null, 0, null, null, null);

  private Parts() {}

  static Origin origin(String connection, long msgSerial) {
    return new Origin(new Publisher(connection, 0), msgSerial, null);
  }

  static Part.Publish publish(String connection, long msgSerial, String... texts) {
    return publish(connection, origin(connection, msgSerial), texts);
  }

  static Part.Publish publish(String connection, Origin origin, String... texts) {
    List<Message> messages = new ArrayList<>();
    for (String text : texts) {
      String id = connection + ":" + origin.msgSerial() + ":" + messages.size();
      messages.add(message(connection, id, Data.text(text)));
    }
    return new Part.Publish(origin, messages);
  }

  static Part.Publish publishData(String connection, long msgSerial, @Nullable Data data) {
    Message message = message(connection, connection + ":" + msgSerial + ":0", data);
    return new Part.Publish(origin(connection, msgSerial), List.of(message));
  }

  private static Message message(String connection, String id, @Nullable Data data) {
    return new Message(
        MessageAction.CREATE,
        id,
        "name",
        data,
        null,
        connection,
        connection,
        null,
        0,
        null,
        null,
        null);
  }

  static Part.Mutate update(String connection, long msgSerial, String target, String text) {
    return mutate(MessageAction.UPDATE, connection, msgSerial, target, Data.text(text), false);
  }

  static Part.Mutate delete(String connection, long msgSerial, String target) {
    return mutate(MessageAction.DELETE, connection, msgSerial, target, null, false);
  }

  static Part.Mutate mutate(
      MessageAction action,
      String connection,
      long msgSerial,
      String target,
      @Nullable Data data,
      boolean any) {
    return new Part.Mutate(
        origin(connection, msgSerial),
        action,
        target,
        new Part.Change(null, data, null, null),
        author(connection, msgSerial),
        UNNAMED,
        any);
  }

  static Part.Append append(String connection, long msgSerial, String target, String... texts) {
    Data[] data = Arrays.stream(texts).map(Data::text).toArray(Data[]::new);
    return appendData(connection, msgSerial, target, false, data);
  }

  static Part.Append appendData(
      String connection, long msgSerial, String target, boolean any, Data... data) {
    List<Part.Piece> pieces = new ArrayList<>();
    for (Data piece : data) {
      pieces.add(new Part.Piece(origin(connection, msgSerial + pieces.size()), piece));
    }
    return new Part.Append(
        target,
        new Part.Change(null, null, null, null),
        author(connection, msgSerial + data.length - 1),
        UNNAMED,
        any,
        pieces);
  }

  private static Part.Author author(String connection, long msgSerial) {
    return new Part.Author(connection, connection, connection + ":" + msgSerial);
  }

  static Annotation annotation(
      AnnotationAction action,
      @Nullable String client,
      String target,
      String type,
      @Nullable String name,
      long count) {
    return new Annotation(
        action, null, client, client, name, count, null, null, 0, null, target, type, null);
  }

  static Annotation annotation(RandomGenerator random, String client, String target) {
    List<String> types = List.of("total.v1", "flag.v1", "distinct.v1", "unique.v1", "multiple.v1");
    AnnotationAction action =
        random.nextInt(3) == 0 ? AnnotationAction.DELETE : AnnotationAction.CREATE;
    String type = "n:" + types.get(random.nextInt(5));
    return annotation(
        action, client, target, type, "x".repeat(random.nextInt(3)), random.nextInt(3));
  }

  static Part.Annotate annotate(String connection, long msgSerial, Annotation... annotations) {
    List<Annotation> all = List.of(annotations);
    String target = String.valueOf(all.getFirst().messageSerial());
    return new Part.Annotate(origin(connection, msgSerial), target, all);
  }

  static Part.Operate operate(String connection, long msgSerial, Operation... operations) {
    List<Part.Act> acts = new ArrayList<>();
    for (Operation operation : operations) {
      acts.add(new Part.Act(operation, null, null));
    }
    return new Part.Operate(origin(connection, msgSerial), author(connection, msgSerial), acts);
  }

  static Part.Presence presence(
      String connection, long msgSerial, PresenceAction action, String... clients) {
    return presence(connection, msgSerial, OWNER, action, clients);
  }

  static Part.Presence presence(
      String connection, long msgSerial, Owner owner, PresenceAction action, String... clients) {
    List<PresenceMessage> messages = new ArrayList<>();
    for (String client : clients) {
      String id = connection + ":" + msgSerial + ":" + messages.size();
      messages.add(member(action, id, client, connection, "here"));
    }
    return new Part.Presence(origin(connection, msgSerial), owner, messages);
  }

  static PresenceMessage member(
      PresenceAction action, String id, String client, String connection, @Nullable String data) {
    return new PresenceMessage(
        action, id, client, connection, data == null ? null : Data.text(data), null, null, 0);
  }
}
