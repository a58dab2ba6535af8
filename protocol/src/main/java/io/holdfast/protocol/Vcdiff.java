package io.holdfast.protocol;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Writes what bytes have new over others as a VCDIFF delta (RFC 3284): one window over the whole
 * base, the default code table, copies and additions. It looks for every match of four bytes, since
 * messages are small and a client that asked for deltas is to get them.
 */
public final class Vcdiff {
  private static final byte[] HEADER = {(byte) 0xD6, (byte) 0xC3, (byte) 0xC4, 0, 0};
  private static final int SOURCE = 1;
  private static final int MIN_MATCH = 4;

  /** How many earlier places with the same four bytes are tried. */
  private static final int MAX_TRIES = 16;

  private static final int ADD = 1;
  private static final int MAX_SHORT_ADD = 17;
  private static final int COPY = 19;
  private static final int MAX_SHORT_COPY = 18;

  private final byte[] base;
  private final byte[] target;
  private final int length;
  private final int[] newest;
  private final int[] earlier;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final ByteArrayOutputStream instructions = new ByteArrayOutputStream();
  private final ByteArrayOutputStream addresses = new ByteArrayOutputStream();

  private Vcdiff(byte[] base, int baseLength, byte[] target, int length) {
    this.base = baseLength == base.length ? base : Arrays.copyOf(base, baseLength);
    this.target = target;
    this.length = length;
    this.newest = new int[Math.max(64, Integer.highestOneBit(Math.max(1, baseLength)) * 2)];
    this.earlier = new int[baseLength];
  }

  /** What must be done to the base to make the target. */
  public static byte[] encode(Data base, Data target) {
    return new Vcdiff(base.array(), base.length(), target.array(), target.length()).encode();
  }

  private byte[] encode() {
    index();
    int at = 0;
    int added = 0;
    while (at < length) {
      long match = match(at);
      int size = (int) match;
      if (size < MIN_MATCH) {
        at++;
        continue;
      }
      add(added, at);
      copy((int) (match >>> 32), size);
      at += size;
      added = at;
    }
    add(added, length);
    return window();
  }

  /** Remembers the places of the base by their four bytes, the first ones first to be tried. */
  private void index() {
    Arrays.fill(newest, -1);
    for (int at = base.length - MIN_MATCH; at >= 0; at--) {
      int slot = slot(base, at);
      earlier[at] = newest[slot];
      newest[slot] = at;
    }
  }

  private int slot(byte[] bytes, int at) {
    int word =
        (bytes[at] & 0xFF) << 24
            | (bytes[at + 1] & 0xFF) << 16
            | (bytes[at + 2] & 0xFF) << 8
            | (bytes[at + 3] & 0xFF);
    int mixed = word * 0x9E3779B1;
    return (mixed ^ (mixed >>> 15)) & (newest.length - 1);
  }

  /** The longest match found: its place in the base and, in the lower half, its size. */
  private long match(int at) {
    if (at + MIN_MATCH > length) {
      return 0;
    }
    int best = 0;
    int place = 0;
    int tries = MAX_TRIES;
    // where the base has nothing else than at the same distance, that is the first to try
    if (at < base.length) {
      best = common(at, at);
      place = at;
    }
    for (int from = newest[slot(target, at)]; from >= 0 && tries > 0; from = earlier[from]) {
      int size = common(from, at);
      if (size > best) {
        best = size;
        place = from;
      }
      tries--;
    }
    return (long) place << 32 | best;
  }

  private int common(int from, int at) {
    int end = Math.min(base.length - from, length - at);
    int differs = Arrays.mismatch(base, from, from + end, target, at, at + end);
    return differs < 0 ? end : differs;
  }

  private void add(int from, int to) {
    int size = to - from;
    if (size == 0) {
      return;
    }
    if (size <= MAX_SHORT_ADD) {
      instructions.write(ADD + size);
    } else {
      instructions.write(ADD);
      number(instructions, size);
    }
    data.write(target, from, size);
  }

  private void copy(int from, int size) {
    if (size <= MAX_SHORT_COPY) {
      instructions.write(COPY + size - MIN_MATCH + 1);
    } else {
      instructions.write(COPY);
      number(instructions, size);
    }
    number(addresses, from);
  }

  private byte[] window() {
    ByteArrayOutputStream delta = new ByteArrayOutputStream();
    number(delta, length);
    delta.write(0);
    number(delta, data.size());
    number(delta, instructions.size());
    number(delta, addresses.size());
    delta.writeBytes(data.toByteArray());
    delta.writeBytes(instructions.toByteArray());
    delta.writeBytes(addresses.toByteArray());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(HEADER);
    out.write(SOURCE);
    number(out, base.length);
    number(out, 0);
    number(out, delta.size());
    out.writeBytes(delta.toByteArray());
    return out.toByteArray();
  }

  /** Seven bits a byte, the highest first, all but the last marked. */
  private static void number(ByteArrayOutputStream out, int value) {
    for (int shift = 28; shift > 0; shift -= 7) {
      if (value >>> shift != 0) {
        out.write(0x80 | (value >>> shift & 0x7F));
      }
    }
    out.write(value & 0x7F);
  }
}
