package io.holdfast.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a message: UTF-8 text or bytes, as a view of the first {@link #length} bytes of an
 * array that may be longer. Bytes below {@code length} never change, so a view is safe to share
 * between threads while its owner appends behind it.
 */
public final class Data {
  /** What the bytes are. */
  public enum Kind {
    TEXT,
    BINARY
  }

  private final Kind kind;
  private final byte[] array;
  private final int length;

  private Data(Kind kind, byte[] array, int length) {
    if (length > array.length) {
      throw new IllegalArgumentException("length " + length + " of " + array.length);
    }
    this.kind = kind;
    this.array = array;
    this.length = length;
  }

  /** Text; lone surrogates become U+FFFD, since neither format can carry them. */
  public static Data text(String text) {
    byte[] utf8 = Text.wellFormed(text).getBytes(StandardCharsets.UTF_8);
    return new Data(Kind.TEXT, utf8, utf8.length);
  }

  /** Bytes, not copied: the caller gives the array away. */
  public static Data binary(byte[] bytes) {
    return new Data(Kind.BINARY, bytes, bytes.length);
  }

  /** A view of the first {@code length} bytes, not copied. */
  public static Data view(Kind kind, byte[] array, int length) {
    return new Data(kind, array, length);
  }

  public Kind kind() {
    return kind;
  }

  /** In bytes; of text, of its UTF-8 form. */
  public int length() {
    return length;
  }

  /** The backing array: read only, and only its first {@link #length} bytes. */
  public byte[] array() {
    return array;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(array, length);
  }

  /** The text; for bytes, their UTF-8 reading. */
  public String asText() {
    return new String(array, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Data that
        && kind == that.kind
        && Arrays.equals(array, 0, length, that.array, 0, that.length);
  }

  @Override
  public int hashCode() {
    int hash = kind.hashCode();
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return kind == Kind.TEXT ? '"' + asText() + '"' : "<" + length + " bytes>";
  }
}
