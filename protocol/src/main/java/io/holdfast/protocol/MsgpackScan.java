package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Walks MessagePack by its headers alone, before any parser allocates what they declare: every
 * declared size must fit in the bytes that are there, nesting is bounded, map keys are scalars, and
 * exactly one value fills the input.
 */
final class MsgpackScan {
  private final byte[] bytes;
  private final int end;
  private int position;
  private int depth;
  private final long[] left = new long[Wire.DEPTH_MAX + 1];
  private final boolean[] map = new boolean[Wire.DEPTH_MAX + 1];

  private MsgpackScan(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.position = offset;
    this.end = offset + length;
    left[0] = 1;
  }

  /** What is wrong with the input, or null. */
  static @Nullable String fault(byte[] bytes, int offset, int length) {
    return new MsgpackScan(bytes, offset, length).walk();
  }

  private @Nullable String walk() {
    while (true) {
      while (left[depth] == 0) {
        if (depth == 0) {
          return position == end ? null : "bytes follow the value";
        }
        depth--;
      }
      if (position >= end) {
        return "the value ends early";
      }
      boolean key = map[depth] && (left[depth] & 1) == 0;
      left[depth]--;
      String fault = value(bytes[position++] & 0xff, key);
      if (fault != null) {
        return fault;
      }
    }
  }

  private @Nullable String value(int type, boolean key) {
    if (key && !scalar(type)) {
      return "a map key is not text";
    }
    if (type <= 0x7f || type >= 0xe0) {
      return null;
    }
    if (type <= 0x8f) {
      return open(type & 0x0f, true);
    }
    if (type <= 0x9f) {
      return open(type & 0x0f, false);
    }
    if (type <= 0xbf) {
      return skip(type & 0x1f);
    }
    return switch (type) {
      case 0xc0, 0xc2, 0xc3 -> null;
      case 0xc4, 0xc5, 0xc6 -> skip(size(1 << (type - 0xc4)));
      case 0xc7, 0xc8, 0xc9 -> skip(size(1 << (type - 0xc7)) + 1);
      case 0xca, 0xcb -> skip(4L << (type - 0xca));
      case 0xcc, 0xcd, 0xce, 0xcf -> skip(1L << (type - 0xcc));
      case 0xd0, 0xd1, 0xd2, 0xd3 -> skip(1L << (type - 0xd0));
      case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> skip((1L << (type - 0xd4)) + 1);
      case 0xd9, 0xda, 0xdb -> skip(size(1 << (type - 0xd9)));
      case 0xdc, 0xdd -> open(size(2 << (type - 0xdc)), false);
      case 0xde, 0xdf -> open(size(2 << (type - 0xde)), true);
      default -> "an unassigned type";
    };
  }

  /** Text, bytes, integers, floats and booleans: what can be written as a JSON key. */
  private static boolean scalar(int type) {
    return type <= 0x7f
        || (type >= 0xa0 && type <= 0xbf)
        || (type >= 0xc2 && type <= 0xc6)
        || (type >= 0xca && type <= 0xd3)
        || (type >= 0xd9 && type <= 0xdb)
        || type >= 0xe0;
  }

  /** A big-endian unsigned size; more than any input when it is not all there. */
  private long size(int width) {
    if (width > end - position) {
      return Long.MAX_VALUE >> 2;
    }
    long size = 0;
    for (int i = 0; i < width; i++) {
      size = (size << 8) | (bytes[position++] & 0xff);
    }
    return size;
  }

  private @Nullable String skip(long length) {
    if (length > end - position) {
      return "a declared length is longer than the input";
    }
    position += (int) length;
    return null;
  }

  private @Nullable String open(long count, boolean isMap) {
    long items = isMap ? count * 2 : count;
    if (items > end - position) {
      return "a declared count is larger than the input";
    }
    if (depth == Wire.DEPTH_MAX) {
      return "nested deeper than " + Wire.DEPTH_MAX;
    }
    depth++;
    left[depth] = items;
    map[depth] = isMap;
    return null;
  }
}
