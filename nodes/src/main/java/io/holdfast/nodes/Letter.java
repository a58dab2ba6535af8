package io.holdfast.nodes;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What goes from one node to others: who sent it, and the bytes. */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record Letter(String from, byte[] bytes) {
  /** What a letter takes beside its bytes. */
  static final int MARGIN = 1 + Nodes.BOOT_LENGTH_MAX;

  static byte[] written(String from, byte[] bytes) {
    byte[] name = from.getBytes(StandardCharsets.US_ASCII);
    byte[] letter = new byte[1 + name.length + bytes.length];
    letter[0] = (byte) name.length;
    System.arraycopy(name, 0, letter, 1, name.length);
    System.arraycopy(bytes, 0, letter, 1 + name.length, bytes.length);
    return letter;
  }

  /** Null for what is none. */
  static @Nullable Letter read(byte[] letter) {
    if (letter.length == 0 || letter.length < 1 + letter[0] || letter[0] < 1) {
      return null;
    }
    return new Letter(
        new String(letter, 1, letter[0], StandardCharsets.US_ASCII),
        Arrays.copyOfRange(letter, 1 + letter[0], letter.length));
  }
}
