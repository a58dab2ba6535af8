package io.holdfast.journalrocksdb;

import java.util.Arrays;

/**
 * Strings as key bytes: any string, also one with half a surrogate pair, comes back as it was.
 *
 * <p>Two orders are needed. {@link #byCodePoint} is UTF-8 (and what UTF-8 would do to a lone
 * surrogate), which sorts by code point. {@link #byUnit} encodes each {@code char} by itself, which
 * sorts as {@code String.compareTo} does and keeps prefixes prefixes.
 */
final class Names {
  private Names() {}

  static byte[] byCodePoint(String text) {
    byte[] bytes = new byte[text.length() * 3];
    int n = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      n = put(point, bytes, n);
    }
    return Arrays.copyOf(bytes, n);
  }

  static byte[] byUnit(String text) {
    byte[] bytes = new byte[text.length() * 3];
    int n = 0;
    for (int i = 0; i < text.length(); i++) {
      n = put(text.charAt(i), bytes, n);
    }
    return Arrays.copyOf(bytes, n);
  }

  /** A part that another may follow: ended by 00 00, a NUL within it is 00 01. Keeps the order. */
  static byte[] part(String text) {
    byte[] plain = byUnit(text);
    byte[] bytes = new byte[plain.length * 2 + 2];
    int n = 0;
    for (byte b : plain) {
      bytes[n++] = b;
      if (b == 0) {
        bytes[n++] = 1;
      }
    }
    return Arrays.copyOf(bytes, n + 2);
  }

  /** Where the part that begins at {@code start} ends, its end mark excluded. */
  static int partEnd(byte[] bytes, int start) {
    int i = start;
    while (bytes[i] != 0 || bytes[i + 1] != 0) {
      i += bytes[i] == 0 ? 2 : 1;
    }
    return i;
  }

  static String part(byte[] bytes, int start, int end) {
    byte[] plain = new byte[end - start];
    int n = 0;
    for (int i = start; i < end; i++) {
      plain[n++] = bytes[i];
      if (bytes[i] == 0) {
        i++;
      }
    }
    return text(plain, 0, n);
  }

  /** Reads back either encoding. */
  static String text(byte[] bytes, int start, int end) {
    StringBuilder text = new StringBuilder(end - start);
    for (int i = start; i < end; ) {
      int lead = bytes[i++];
      if (lead >= 0) {
        text.append((char) lead);
      } else if (lead < (byte) 0xe0) {
        text.append((char) ((lead & 0x1f) << 6 | tail(bytes[i++])));
      } else if (lead < (byte) 0xf0) {
        text.append((char) ((lead & 0xf) << 12 | tail(bytes[i++]) << 6 | tail(bytes[i++])));
      } else {
        int high = (lead & 7) << 18 | tail(bytes[i++]) << 12;
        text.appendCodePoint(high | tail(bytes[i++]) << 6 | tail(bytes[i++]));
      }
    }
    return text.toString();
  }

  private static int tail(byte b) {
    return b & 0x3f;
  }

  private static byte follower(int bits) {
    return (byte) (0x80 | (bits & 0x3f));
  }

  private static int put(int point, byte[] bytes, int at) {
    int n = at;
    if (point < 0x80) {
      bytes[n++] = (byte) point;
      return n;
    }
    if (point < 0x800) {
      bytes[n++] = (byte) (0xc0 | point >> 6);
    } else {
      if (point < 0x10000) {
        bytes[n++] = (byte) (0xe0 | point >> 12);
      } else {
        bytes[n++] = (byte) (0xf0 | point >> 18);
        bytes[n++] = follower(point >> 12);
      }
      bytes[n++] = follower(point >> 6);
    }
    bytes[n++] = follower(point);
    return n;
  }
}
