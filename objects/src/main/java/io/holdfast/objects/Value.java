package io.holdfast.objects;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a key of a map stands for (OD2). */
public sealed interface Value {

  /** What it counts for in sizes, bytes (OD3); what is referred to counts for itself. */
  int size();

  /** Another object, which need not be known yet. */
  record Reference(String objectId) implements Value {
    @Override
    public int size() {
      return 0;
    }
  }

  record Bool(boolean value) implements Value {
    @Override
    public int size() {
      return 1;
    }
  }

  /** Bytes, not copied: whoever makes it gives the array away. */
  @SuppressWarnings("ArrayRecordComponent") // compared by what is in it
  record Bytes(byte[] value) implements Value {
    @Override
    public int size() {
      return value.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bytes that && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
      return "Bytes[" + value.length + " bytes]";
    }
  }

  /** A finite number. */
  record Numeric(double value) implements Value {
    public Numeric {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(value + " is not finite");
      }
    }

    @Override
    public int size() {
      return 8;
    }
  }

  record Text(String value) implements Value {
    @Override
    public int size() {
      return Utf8.length(value);
    }
  }

  /** A JSON object or array, as its text. */
  record Json(String text) implements Value {
    @Override
    public int size() {
      return Utf8.length(text);
    }
  }
}
