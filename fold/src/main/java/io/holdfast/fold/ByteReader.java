package io.holdfast.fold;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ByteWriter} wrote; anything else is a damaged store and throws. */
final class ByteReader {
  private static final Data.Kind[] KINDS = Data.Kind.values();

  private final byte[] bytes;
  private int at;

  ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  int readByte() {
    if (at >= bytes.length) {
      throw new IllegalStateException("a stored record ends too early, at " + at);
    }
    return bytes[at++] & 0xFF;
  }

  boolean readBoolean() {
    return readByte() != 0;
  }

  long readLong() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = readByte();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IllegalStateException("a stored number does not end, at " + at);
  }

  double readDouble() {
    long bits = 0;
    for (int i = 0; i < 8; i++) {
      bits = bits << 8 | readByte();
    }
    return Double.longBitsToDouble(bits);
  }

  int readInt() {
    long value = readLong();
    if (value != (int) value) {
      throw new IllegalStateException("a stored number is out of range, at " + at);
    }
    return (int) value;
  }

  /** How many items follow; each takes a byte at least, so more than are left cannot be. */
  int readCount() {
    int count = readInt();
    if (count < 0 || count > bytes.length - at) {
      throw new IllegalStateException("a stored record ends too early, at " + at);
    }
    return count;
  }

  <T> T readOneOf(T[] constants) {
    int ordinal = readByte();
    if (ordinal >= constants.length) {
      throw new IllegalStateException("a stored constant is not known, at " + at);
    }
    return constants[ordinal];
  }

  byte[] readBytes() {
    int length = readInt();
    int from = skip(length);
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  @Nullable String readNullableString() {
    int length = readInt() - 1;
    if (length < 0) {
      return null;
    }
    int from = skip(length);
    return new String(bytes, from, length, StandardCharsets.UTF_8);
  }

  String readString() {
    String text = readNullableString();
    if (text == null) {
      throw new IllegalStateException("a stored record lacks a field, at " + at);
    }
    return text;
  }

  @Nullable Data readData() {
    int kind = readByte();
    if (kind == 0) {
      return null;
    }
    if (kind > KINDS.length) {
      throw new IllegalStateException("stored data of kind " + kind + ", at " + at);
    }
    int length = readInt();
    int from = skip(length);
    return Data.view(KINDS[kind - 1], Arrays.copyOfRange(bytes, from, from + length), length);
  }

  @Nullable Extras readExtras() {
    String json = readNullableString();
    return json == null ? null : new Extras(json, false, false, readNullableString());
  }

  /** Whether anything is left. */
  boolean more() {
    return at < bytes.length;
  }

  private int skip(int length) {
    int from = at;
    if (length < 0 || length > bytes.length - at) {
      throw new IllegalStateException("a stored record ends too early, at " + at);
    }
    at += length;
    return from;
  }
}
