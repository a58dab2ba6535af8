package io.holdfast.fold;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.MessageSize;
import org.jspecify.annotations.Nullable;

/** The bytes data takes on the wire in the costlier format, which JSON always is. */
public final class DataCost {
  private DataCost() {}

  public static int of(@Nullable Data data) {
    return data == null ? 0 : Math.toIntExact(MessageSize.jsonLength(data));
  }
}
