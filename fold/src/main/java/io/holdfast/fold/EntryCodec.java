package io.holdfast.fold;

import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.Version;
import java.util.ArrayList;
import java.util.List;

/** The stored form of an entry. Old forms stay readable: a change gets a new number. */
public final class EntryCodec {
  private static final int FORMAT = 5;

  /**
   * The newest form that is read, and the newest that is written. Nodes of two releases work on one
   * journal while the newer one is rolled out, so a form is read for a release before it is
   * written.
   */
  public static final int NEWEST_READ = FORMAT;

  public static final int NEWEST_WRITTEN = FORMAT;

  /** Without {@link Part.Expire}, and still written where there is none. */
  private static final int FOURTH_FORMAT = 4;

  /** Without limits for shared objects. */
  private static final int THIRD_FORMAT = 3;

  /** Meant as {@link FoldLimits#early} says. */
  private static final int SECOND_FORMAT = 2;

  /** Without limits. */
  private static final int FIRST_FORMAT = 1;

  private static final MessageAction[] ACTIONS = MessageAction.values();
  private static final PresenceAction[] PRESENCE_ACTIONS = PresenceAction.values();

  private EntryCodec() {}

  public static byte[] encode(Entry entry) {
    ByteWriter out = new ByteWriter();
    FoldLimits limits = entry.limits();
    int format = format(entry);
    out.writeByte(format);
    if (limits != null) {
      out.writeLong(limits.maxMessageBytes());
      out.writeLong(limits.maxMembers());
      out.writeLong(limits.resultsKept());
    }
    if (limits != null && format >= FOURTH_FORMAT) {
      out.writeLong(limits.maxObjectBytes());
      out.writeLong(limits.objectGrace());
    }
    out.writeLong(entry.parts().size());
    for (Part part : entry.parts()) {
      write(out, part);
    }
    return out.toByteArray();
  }

  private static int format(Entry entry) {
    FoldLimits limits = entry.limits();
    if (limits == null || limits.early()) {
      return limits == null ? FIRST_FORMAT : SECOND_FORMAT;
    }
    return entry.parts().stream().anyMatch(Part.Expire.class::isInstance) ? FORMAT : FOURTH_FORMAT;
  }

  /**
   * Reads an entry.
   *
   * @throws IllegalStateException if the bytes are damaged or of a newer form
   */
  public static Entry decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int format = in.readByte();
    if (format < FIRST_FORMAT || format > FORMAT) {
      throw new IllegalStateException("an entry of form " + format + ", newer than this version");
    }
    FoldLimits limits = format == FIRST_FORMAT ? null : readLimits(in, format);
    int count = in.readCount();
    List<Part> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      parts.add(read(in));
    }
    if (count == 0 || count > Cursor.MAX_FRAMES) {
      throw new IllegalStateException("a stored entry of " + count + " parts");
    }
    return new Entry(parts, limits);
  }

  private static FoldLimits readLimits(ByteReader in, int format) {
    FoldLimits limits =
        FoldLimits.withoutObjects(
            in.readInt(), in.readInt(), in.readLong(), format == SECOND_FORMAT);
    return format <= THIRD_FORMAT ? limits : limits.withObjects(in.readInt(), in.readLong());
  }

  private static void write(ByteWriter out, Part part) {
    switch (part) {
      case Part.Publish publish -> {
        out.writeByte(0);
        writeOrigin(out, publish.origin());
        writeMessages(out, publish.messages());
      }
      case Part.Mutate mutate -> {
        out.writeByte(1);
        writeOrigin(out, mutate.origin());
        out.writeByte(mutate.action().ordinal());
        out.writeString(mutate.target());
        writeChange(out, mutate.change());
        writeAuthor(out, mutate.author());
        writeVersion(out, mutate.version());
        out.writeBoolean(mutate.any());
      }
      case Part.Append append -> {
        out.writeByte(2);
        out.writeString(append.target());
        writeChange(out, append.change());
        writeAuthor(out, append.author());
        writeVersion(out, append.version());
        out.writeBoolean(append.any());
        out.writeLong(append.pieces().size());
        for (Part.Piece piece : append.pieces()) {
          writeOrigin(out, piece.origin());
          out.writeData(piece.data());
        }
      }
      case Part.Presence presence -> {
        out.writeByte(3);
        writeOrigin(out, presence.origin());
        writeOwner(out, presence.owner());
        out.writeLong(presence.messages().size());
        for (PresenceMessage message : presence.messages()) {
          writePresence(out, message);
        }
      }
      case Part.Own own -> {
        out.writeByte(4);
        out.writeString(own.connectionId());
        writeOwner(out, own.owner());
      }
      case Part.Depart depart -> {
        out.writeByte(5);
        out.writeString(depart.memberKey());
        out.writeString(depart.ownedAt());
        out.writeString(depart.id());
      }
      case Part.Annotate annotate -> {
        out.writeByte(6);
        writeOrigin(out, annotate.origin());
        out.writeString(annotate.target());
        out.writeLong(annotate.annotations().size());
        annotate.annotations().forEach(annotation -> AnnotationRecord.write(out, annotation));
      }
      case Part.Operate operate -> writeOperate(out, operate);
      case Part.Collect collect -> {
        out.writeByte(8);
        out.writeString(collect.id());
        out.writeLong(collect.retention());
      }
      case Part.Expire expire -> {
        out.writeByte(9);
        out.writeLong(expire.before());
      }
    }
  }

  private static void writeOperate(ByteWriter out, Part.Operate operate) {
    out.writeByte(7);
    writeOrigin(out, operate.origin());
    writeAuthor(out, operate.author());
    out.writeLong(operate.acts().size());
    for (Part.Act act : operate.acts()) {
      ObjectRecord.write(out, act.operation());
      out.writeString(act.id());
      out.writeExtras(act.extras());
    }
  }

  private static Part read(ByteReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> new Part.Publish(readOrigin(in), readMessages(in));
      case 1 ->
          new Part.Mutate(
              readOrigin(in),
              in.readOneOf(ACTIONS),
              in.readString(),
              readChange(in),
              readAuthor(in),
              readVersion(in),
              in.readBoolean());
      case 2 ->
          new Part.Append(
              in.readString(),
              readChange(in),
              readAuthor(in),
              readVersion(in),
              in.readBoolean(),
              readPieces(in));
      case 3 -> new Part.Presence(readOrigin(in), readOwner(in), readPresences(in));
      case 4 -> new Part.Own(in.readString(), readOwner(in));
      case 5 -> new Part.Depart(in.readString(), in.readString(), in.readString());
      case 6 -> new Part.Annotate(readOrigin(in), in.readString(), readAnnotations(in));
      case 7 -> new Part.Operate(readOrigin(in), readAuthor(in), readActs(in));
      case 8 -> new Part.Collect(in.readString(), in.readLong());
      case 9 -> new Part.Expire(in.readLong());
      default -> throw new IllegalStateException("a stored part of kind " + kind);
    };
  }

  private static List<Annotation> readAnnotations(ByteReader in) {
    int count = in.readCount();
    List<Annotation> annotations = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      annotations.add(AnnotationRecord.read(in));
    }
    return annotations;
  }

  private static List<Part.Act> readActs(ByteReader in) {
    int count = in.readCount();
    List<Part.Act> acts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      acts.add(new Part.Act(ObjectRecord.read(in), in.readNullableString(), in.readExtras()));
    }
    return acts;
  }

  private static void writeOrigin(ByteWriter out, Origin origin) {
    Publisher publisher = origin.publisher();
    out.writeString(publisher == null ? null : publisher.connectionId());
    if (publisher != null) {
      out.writeLong(publisher.incarnation());
    }
    out.writeLong(origin.msgSerial() + 1);
    out.writeString(origin.idempotencyKey());
  }

  private static Origin readOrigin(ByteReader in) {
    String connectionId = in.readNullableString();
    Publisher publisher = connectionId == null ? null : new Publisher(connectionId, in.readLong());
    return new Origin(publisher, in.readLong() - 1, in.readNullableString());
  }

  private static void writeMessages(ByteWriter out, List<Message> messages) {
    out.writeLong(messages.size());
    for (Message message : messages) {
      out.writeString(message.id());
      out.writeString(message.name());
      out.writeData(message.data());
      out.writeString(message.encoding());
      out.writeString(message.clientId());
      out.writeString(message.connectionId());
      out.writeExtras(message.extras());
    }
  }

  private static List<Message> readMessages(ByteReader in) {
    int count = in.readCount();
    List<Message> messages = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      messages.add(
          new Message(
              MessageAction.CREATE,
              in.readNullableString(),
              in.readNullableString(),
              in.readData(),
              in.readNullableString(),
              in.readNullableString(),
              in.readNullableString(),
              null,
              0,
              in.readExtras(),
              null,
              null));
    }
    return messages;
  }

  private static void writeChange(ByteWriter out, Part.Change change) {
    out.writeString(change.name());
    out.writeData(change.data());
    out.writeString(change.encoding());
    out.writeExtras(change.extras());
  }

  private static Part.Change readChange(ByteReader in) {
    return new Part.Change(
        in.readNullableString(), in.readData(), in.readNullableString(), in.readExtras());
  }

  private static void writeAuthor(ByteWriter out, Part.Author author) {
    out.writeString(author.clientId());
    out.writeString(author.connectionId());
    out.writeString(author.id());
  }

  private static Part.Author readAuthor(ByteReader in) {
    return new Part.Author(in.readNullableString(), in.readNullableString(), in.readString());
  }

  static void writeVersion(ByteWriter out, Version version) {
    out.writeString(version.serial());
    out.writeLong(version.timestamp());
    out.writeString(version.clientId());
    out.writeString(version.description());
    out.writeString(version.metadata());
  }

  static Version readVersion(ByteReader in) {
    return new Version(
        in.readNullableString(),
        in.readLong(),
        in.readNullableString(),
        in.readNullableString(),
        in.readNullableString());
  }

  private static List<Part.Piece> readPieces(ByteReader in) {
    int count = in.readCount();
    List<Part.Piece> pieces = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      pieces.add(new Part.Piece(readOrigin(in), in.readData()));
    }
    return pieces;
  }

  static void writeOwner(ByteWriter out, Owner owner) {
    out.writeString(owner.boot());
    out.writeLong(owner.transport());
  }

  static Owner readOwner(ByteReader in) {
    return new Owner(in.readString(), in.readLong());
  }

  static void writePresence(ByteWriter out, PresenceMessage message) {
    out.writeByte(message.action().ordinal());
    out.writeString(message.id());
    out.writeString(message.clientId());
    out.writeString(message.connectionId());
    out.writeData(message.data());
    out.writeString(message.encoding());
    out.writeExtras(message.extras());
    out.writeLong(message.timestamp());
  }

  static PresenceMessage readPresence(ByteReader in) {
    return new PresenceMessage(
        in.readOneOf(PRESENCE_ACTIONS),
        in.readNullableString(),
        in.readNullableString(),
        in.readNullableString(),
        in.readData(),
        in.readNullableString(),
        in.readExtras(),
        in.readLong());
  }

  private static List<PresenceMessage> readPresences(ByteReader in) {
    int count = in.readCount();
    List<PresenceMessage> messages = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      messages.add(readPresence(in));
    }
    return messages;
  }
}
