package io.holdfast.fold;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes our stored form: varints, and strings and data behind their length, 0 for null. */
final class ByteWriter {
  private byte[] bytes = new byte[256];
  private int size;

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  void writeByte(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  void writeBoolean(boolean value) {
    writeByte(value ? 1 : 0);
  }

  /** An unsigned varint; negative values take ten bytes. */
  void writeLong(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void writeDouble(double value) {
    long bits = Double.doubleToRawLongBits(value);
    for (int shift = 56; shift >= 0; shift -= 8) {
      writeByte((int) (bits >>> shift));
    }
  }

  void writeBytes(byte[] from) {
    writeLong(from.length);
    write(from, from.length);
  }

  void writeString(@Nullable String text) {
    if (text == null) {
      writeLong(0);
      return;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    writeLong(utf8.length + 1L);
    write(utf8, utf8.length);
  }

  void writeData(@Nullable Data data) {
    if (data == null) {
      writeByte(0);
      return;
    }
    writeByte(1 + data.kind().ordinal());
    writeLong(data.length());
    write(data.array(), data.length());
  }

  void writeExtras(@Nullable Extras extras) {
    writeString(extras == null ? null : extras.json());
    if (extras != null) {
      writeString(extras.transportStatus());
    }
  }

  private void write(byte[] from, int length) {
    reserve(length);
    System.arraycopy(from, 0, bytes, size, length);
    size += length;
  }

  private void reserve(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }
}
