package io.holdfast.fold;

import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.MessageSize;
import io.holdfast.protocol.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as it stands: its latest version at its original serial.
 *
 * @param message complete: serial, version, timestamps; action CREATE, UPDATE or DELETE
 * @param versionId names the latest version to subscribers
 * @param versionConnectionId who made the latest version; null for REST
 * @param through the position it is folded through: entries up to it change nothing
 * @param versions how many versions stand behind this one
 * @param appended whether the latest version is one of appends, whose place the next append takes
 * @param dataCost the bytes its data takes in the costlier format
 * @param tallies what its annotations add up to
 */
public record StoredMessage(
    Message message,
    String versionId,
    @Nullable String versionConnectionId,
    long through,
    int versions,
    boolean appended,
    int dataCost,
    Tallies tallies) {
  private static final int PLAIN = 1;
  private static final int ANNOTATED = 2;

  /** Added to the form of one whose latest version is of appends; earlier forms do not say. */
  private static final int APPENDED = 4;

  /** The most a summary takes, bytes. */
  private static final int MAX_SUMMARY = 64 * 1024;

  /** A summary must leave the message within a frame of this size, bytes. */
  private static final int MAX_FRAME = 512 * 1024;

  /** Ids, serials, times and the frame around the message. */
  private static final int ENVELOPE = 2_048;

  private static final MessageAction[] ACTIONS = MessageAction.values();

  /** A message without annotations, not of appends. */
  StoredMessage(
      Message message,
      String versionId,
      @Nullable String versionConnectionId,
      long through,
      int versions,
      int dataCost) {
    this(message, versionId, versionConnectionId, through, versions, false, dataCost, Tallies.NONE);
  }

  /** The message as an annotation leaves it. */
  StoredMessage annotated(List<Annotation> annotations, long position) {
    Tallies now = tallies;
    for (Annotation annotation : annotations) {
      now = now.with(annotation);
    }
    return new StoredMessage(
        message, versionId, versionConnectionId, position, versions, appended, dataCost, now);
  }

  /** Itself as an earlier version, of which nothing is said any more. */
  StoredMessage withoutTallies() {
    return new StoredMessage(
        message,
        versionId,
        versionConnectionId,
        through,
        versions,
        appended,
        dataCost,
        Tallies.NONE);
  }

  /**
   * Whether it stands as an update has left it, whose author may have said why: such a version is
   * kept when an append follows. What was created is not, or every streamed answer would cost a
   * record more; to what was deleted nothing is appended.
   */
  boolean revised() {
    return message.action() == MessageAction.UPDATE && !appended;
  }

  /** What its annotations add up to, as JSON; null without any. */
  public @Nullable String summary() {
    int room = MAX_FRAME - cost();
    return tallies.summary(Math.clamp(room, 0, MAX_SUMMARY));
  }

  /** The message with what its annotations add up to. */
  public Message summarised() {
    return tallies.isEmpty() ? message : message.withSummary(summary());
  }

  /** Its serial, which names it. */
  public String serial() {
    String serial = message.serial();
    if (serial == null) {
      throw new IllegalStateException("a stored message without a serial");
    }
    return serial;
  }

  /** Its latest version. */
  public Version version() {
    Version version = message.version();
    if (version == null) {
      throw new IllegalStateException("a stored message without a version");
    }
    return version;
  }

  /** What it takes on the wire beside its data, in the costlier format; a little too much. */
  public int envelopeCost() {
    Data data = message.data();
    long fields = MessageSize.of(message) - (data == null ? 0 : data.length());
    int name = message.name() == null ? 0 : message.name().length();
    String metadata = version().metadata();
    return (int) (ENVELOPE + fields + name + (metadata == null ? 0 : 4L * metadata.length()));
  }

  /** What all of it takes on the wire, without its summary; a little too much. */
  int cost() {
    String description = version().description();
    return envelopeCost() + (description == null ? 0 : 4 * description.length()) + dataCost;
  }

  /** What it takes on the wire once an append has brought its fields and none of its data. */
  public int costWith(Part.Append append) {
    return Messages.appended(this, append, null, append.version(), through).cost();
  }

  /** The client frame that made it what it is: finer than {@link #through}. */
  public Cursor madeAt() {
    Serial serial = Serial.parse(String.valueOf(version().serial()));
    if (serial == null) {
      throw new IllegalStateException("a stored version without a serial");
    }
    return serial.cursor();
  }

  /** The stored form. */
  public byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.writeByte((tallies.isEmpty() ? PLAIN : ANNOTATED) + (appended ? APPENDED : 0));
    out.writeByte(message.action().ordinal());
    out.writeString(message.id());
    out.writeString(message.name());
    out.writeData(message.data());
    out.writeString(message.encoding());
    out.writeString(message.clientId());
    out.writeString(message.connectionId());
    out.writeLong(message.timestamp());
    out.writeExtras(message.extras());
    out.writeString(message.serial());
    EntryCodec.writeVersion(out, version());
    out.writeString(versionId);
    out.writeString(versionConnectionId);
    out.writeLong(through);
    out.writeLong(versions);
    out.writeLong(dataCost);
    if (!tallies.isEmpty()) {
      tallies.write(out);
    }
    return out.toByteArray();
  }

  /** Reads {@link #encode}'s form. */
  public static StoredMessage decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int format = format(in);
    Message message = message(in);
    return new StoredMessage(
        message,
        in.readString(),
        in.readNullableString(),
        in.readLong(),
        in.readInt(),
        format > APPENDED,
        in.readInt(),
        format % APPENDED == ANNOTATED ? Tallies.read(in) : Tallies.NONE);
  }

  /** When a message in the stored form was created; does not read what may be long behind it. */
  public static long timestamp(byte[] encoded) {
    ByteReader in = new ByteReader(encoded);
    format(in);
    return message(in).timestamp();
  }

  private static int format(ByteReader in) {
    int format = in.readByte();
    int plain = format > APPENDED ? format - APPENDED : format;
    if (plain != PLAIN && plain != ANNOTATED) {
      throw new IllegalStateException("a message of form " + format + ", newer than this version");
    }
    return format;
  }

  private static Message message(ByteReader in) {
    return new Message(
        in.readOneOf(ACTIONS),
        in.readNullableString(),
        in.readNullableString(),
        in.readData(),
        in.readNullableString(),
        in.readNullableString(),
        in.readNullableString(),
        null,
        in.readLong(),
        in.readExtras(),
        in.readNullableString(),
        EntryCodec.readVersion(in));
  }

  /** Roughly what it takes in memory, bytes. */
  public int weight() {
    Data data = message.data();
    return 400
        + (data == null ? 0 : data.array().length)
        + MessageWeight.ofFields(message)
        + tallies.weight();
  }
}
