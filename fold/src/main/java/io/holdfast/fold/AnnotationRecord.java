package io.holdfast.fold;

import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.AnnotationAction;

/** The stored form of an annotation, kept under its message's serial, '/', and its own. */
public final class AnnotationRecord {
  private static final AnnotationAction[] ACTIONS = AnnotationAction.values();

  private AnnotationRecord() {}

  static String key(Annotation annotation) {
    return annotation.messageSerial() + "/" + annotation.serial();
  }

  static byte[] encode(Annotation annotation) {
    ByteWriter out = new ByteWriter();
    write(out, annotation);
    return out.toByteArray();
  }

  /** Reads a record of kind {@link RecordKind#ANNOTATION}. */
  public static Annotation decode(byte[] bytes) {
    return read(new ByteReader(bytes));
  }

  static void write(ByteWriter out, Annotation annotation) {
    out.writeByte(annotation.action().ordinal());
    out.writeString(annotation.id());
    out.writeString(annotation.clientId());
    out.writeString(annotation.connectionId());
    out.writeString(annotation.name());
    out.writeLong(annotation.count());
    out.writeData(annotation.data());
    out.writeString(annotation.encoding());
    out.writeLong(annotation.timestamp());
    out.writeString(annotation.serial());
    out.writeString(annotation.messageSerial());
    out.writeString(annotation.type());
    out.writeExtras(annotation.extras());
  }

  static Annotation read(ByteReader in) {
    return new Annotation(
        in.readOneOf(ACTIONS),
        in.readNullableString(),
        in.readNullableString(),
        in.readNullableString(),
        in.readNullableString(),
        in.readLong(),
        in.readData(),
        in.readNullableString(),
        in.readLong(),
        in.readNullableString(),
        in.readNullableString(),
        in.readNullableString(),
        in.readExtras());
  }
}
