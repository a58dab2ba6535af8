package io.holdfast.fold;

import io.holdfast.protocol.Data;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Appends to data without copying what is there: the array grows by doubling and earlier views keep
 * their length. Only the latest view may be appended to; the fold, which has one writer, does.
 */
final class Growth {
  private Growth() {}

  static @Nullable Data append(@Nullable Data base, @Nullable Data more) {
    if (more == null || (base != null && more.length() == 0)) {
      return base;
    }
    if (base == null || base.length() == 0) {
      return more;
    }
    int length = base.length() + more.length();
    byte[] array = base.array();
    if (array.length < length) {
      array = Arrays.copyOf(array, Math.max(length, array.length * 2));
    }
    System.arraycopy(more.array(), 0, array, base.length(), more.length());
    return Data.view(base.kind(), array, length);
  }

  /**
   * Whether two pieces of data, each in its encoding, make one in the first one's encoding: nothing
   * and empty data go with everything. JSON documents and ciphertexts do not join.
   */
  static boolean fits(
      @Nullable Data base,
      @Nullable String encoding,
      @Nullable Data more,
      @Nullable String moreEncoding) {
    if (base == null || more == null || base.length() == 0 || more.length() == 0) {
      return true;
    }
    return base.kind() == more.kind() && Objects.equals(encoding, moreEncoding) && joins(encoding);
  }

  private static boolean joins(@Nullable String encoding) {
    return encoding == null || !(encoding.contains("json") || encoding.contains("cipher"));
  }
}
