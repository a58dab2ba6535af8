package io.holdfast.journalnats;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Numbers and byte strings one after the other, as heads, pieces and items are stored. */
final class Bytes {
  private Bytes() {}

  /** Writes. */
  static final class Out {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);

    Out u8(int value) {
      bytes.write(value);
      return this;
    }

    /** Seven bits a byte, the lowest first. */
    Out number(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        bytes.write((int) ((rest & 0x7f) | 0x80));
        rest >>>= 7;
      }
      bytes.write((int) rest);
      return this;
    }

    Out bytes(byte[] value) {
      number(value.length);
      bytes.writeBytes(value);
      return this;
    }

    Out text(String value) {
      return bytes(Names.utf8(value));
    }

    byte[] all() {
      return bytes.toByteArray();
    }
  }

  /** Reads what {@link Out} wrote. */
  static final class In {
    private final byte[] bytes;
    private int at;

    In(byte[] bytes) {
      this.bytes = bytes;
    }

    int u8() {
      return bytes[at++] & 0xff;
    }

    long number() {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        int next = u8();
        value |= (long) (next & 0x7f) << shift;
        if (next < 0x80) {
          return value;
        }
      }
    }

    int count() {
      return Math.toIntExact(number());
    }

    byte[] bytes() {
      int length = count();
      byte[] value = Arrays.copyOfRange(bytes, at, at + length);
      at += length;
      return value;
    }

    byte[] rest() {
      return Arrays.copyOfRange(bytes, at, bytes.length);
    }

    String text() {
      return Names.text(bytes());
    }
  }
}
