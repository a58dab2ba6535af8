package io.holdfast.client;

import java.util.Arrays;

/**
 * A difference between two messages as VCDIFF says it (RFC 3284), being applied: any number of
 * windows with the default code table. Neither a second compression nor a table of the sender's own
 * is read, which no server of the protocol uses. Nothing a sender writes makes it take more memory
 * than it was allowed, or look outside of what it was given.
 */
final class Patch {
  /** The delta is none, or not one to this base. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String why) {
      super(why);
    }
  }

  private static final byte[] MAGIC = {(byte) 0xD6, (byte) 0xC3, (byte) 0xC4, 0};

  /** In the header: extra bytes for the application, to be passed over. */
  private static final int FOR_APPLICATION = 4;

  /** Of a window: it copies from the base, or from what has been made so far. */
  private static final int FROM_BASE = 1;

  private static final int FROM_TARGET = 2;

  private static final int NEAR = 4;
  private static final int SAME = 3;

  private final byte[] base;
  private final int limit;
  private final Section all;
  private byte[] target = new byte[0];

  private Patch(byte[] base, byte[] delta, int limit) {
    this.base = base;
    this.limit = limit;
    this.all = new Section(delta, 0, delta.length);
  }

  /**
   * What the delta makes of the base.
   *
   * @param limit how many bytes that may be
   */
  static byte[] applied(byte[] base, byte[] delta, int limit) throws Unreadable {
    return new Patch(base, delta, limit).run();
  }

  private byte[] run() throws Unreadable {
    for (byte each : MAGIC) {
      if ((byte) all.octet() != each) {
        throw new Unreadable("it does not begin as VCDIFF does");
      }
    }
    int header = all.octet();
    if ((header & ~FOR_APPLICATION) != 0) {
      throw new Unreadable("it is compressed again, or has a code table of its own");
    }
    if ((header & FOR_APPLICATION) != 0) {
      all.part(all.number());
    }
    while (!all.empty()) {
      window();
    }
    return target;
  }

  private void window() throws Unreadable {
    int kind = all.octet();
    byte[] from;
    int length = 0;
    int start = 0;
    switch (kind) {
      case 0 -> from = base;
      case FROM_BASE, FROM_TARGET -> {
        from = kind == FROM_BASE ? base : target;
        length = all.number();
        start = all.number();
        if (length > from.length || start > from.length - length) {
          throw new Unreadable("it copies from what is not there");
        }
      }
      default -> throw new Unreadable("a window of kind " + kind);
    }
    Section body = all.part(all.number());
    int size = body.number();
    if (size > limit - target.length) {
      throw new Unreadable("it makes more than " + limit + " bytes");
    }
    if (body.octet() != 0) {
      throw new Unreadable("a window is compressed again");
    }
    int data = body.number();
    int instructions = body.number();
    int addresses = body.number();
    byte[] made =
        new Window(
                Arrays.copyOfRange(from, start, start + length),
                size,
                body.part(data),
                body.part(instructions),
                body.part(addresses))
            .made();
    byte[] both = Arrays.copyOf(target, target.length + size);
    System.arraycopy(made, 0, both, target.length, size);
    target = both;
  }

  /** A part of the delta that is read from its beginning to its end. */
  private static final class Section {
    private final byte[] bytes;
    private final int end;
    private int at;

    Section(byte[] bytes, int from, int end) {
      this.bytes = bytes;
      this.at = from;
      this.end = end;
    }

    boolean empty() {
      return at == end;
    }

    int octet() throws Unreadable {
      if (at >= end) {
        throw new Unreadable("it ends too early");
      }
      return bytes[at++] & 0xFF;
    }

    /** Seven bits a byte, the highest first. */
    int number() throws Unreadable {
      long value = 0;
      int octet;
      do {
        octet = octet();
        value = (value << 7) | (octet & 0x7F);
        if (value > Integer.MAX_VALUE) {
          throw new Unreadable("a number that is too large");
        }
      } while (octet >= 0x80);
      return (int) value;
    }

    Section part(int length) throws Unreadable {
      if (length > end - at) {
        throw new Unreadable("it ends too early");
      }
      at += length;
      return new Section(bytes, at - length, at);
    }

    void copy(byte[] into, int to, int length) throws Unreadable {
      Section part = part(length);
      System.arraycopy(bytes, part.at, into, to, length);
    }
  }

  /** One window: its source and, behind it, what is made. Addresses count from the source. */
  private static final class Window {
    private final byte[] space;
    private final int source;
    private final Section data;
    private final Section instructions;
    private final Section addresses;
    private final int[] near = new int[NEAR];
    private final int[] same = new int[SAME * 256];
    private int nextNear;
    private int at;

    Window(byte[] from, int size, Section data, Section instructions, Section addresses)
        throws Unreadable {
      if (size > Integer.MAX_VALUE - from.length - 8) {
        throw new Unreadable("it makes too much");
      }
      this.space = Arrays.copyOf(from, from.length + size);
      this.source = from.length;
      this.at = from.length;
      this.data = data;
      this.instructions = instructions;
      this.addresses = addresses;
    }

    byte[] made() throws Unreadable {
      while (!instructions.empty()) {
        instruction(instructions.octet());
      }
      if (at != space.length || !data.empty() || !addresses.empty()) {
        throw new Unreadable("a window is not as long as it says");
      }
      return Arrays.copyOfRange(space, source, at);
    }

    /** The default code table (section 5.6): one instruction, or two in one byte. */
    private void instruction(int code) throws Unreadable {
      if (code == 0) {
        run(instructions.number());
      } else if (code <= 18) {
        add(code == 1 ? instructions.number() : code - 1);
      } else if (code <= 162) {
        int size = (code - 19) % 16;
        copy(size == 0 ? instructions.number() : size + 3, (code - 19) / 16);
      } else if (code <= 234) {
        int rest = (code - 163) % 12;
        add(rest / 3 + 1);
        copy(rest % 3 + 4, (code - 163) / 12);
      } else if (code <= 246) {
        add((code - 235) % 4 + 1);
        copy(4, (code - 235) / 4 + 6);
      } else {
        copy(4, code - 247);
        add(1);
      }
    }

    private int room(int size) throws Unreadable {
      if (size > space.length - at) {
        throw new Unreadable("a window makes more than it says");
      }
      return at + size;
    }

    private void run(int size) throws Unreadable {
      int end = room(size);
      Arrays.fill(space, at, end, (byte) data.octet());
      at = end;
    }

    private void add(int size) throws Unreadable {
      int end = room(size);
      data.copy(space, at, size);
      at = end;
    }

    private void copy(int size, int mode) throws Unreadable {
      int from = address(mode);
      int end = room(size);
      // Byte by byte: what is copied may run into what the copy makes.
      while (at < end) {
        space[at++] = space[from++];
      }
    }

    private int address(int mode) throws Unreadable {
      long address =
          switch (mode) {
            case 0 -> addresses.number();
            case 1 -> (long) at - addresses.number();
            case 2, 3, 4, 5 -> (long) near[mode - 2] + addresses.number();
            default -> same[(mode - 6) * 256 + addresses.octet()];
          };
      if (address < 0 || address >= at) {
        throw new Unreadable("it copies from what is not there");
      }
      int found = (int) address;
      near[nextNear] = found;
      nextNear = (nextNear + 1) % NEAR;
      same[found % same.length] = found;
      return found;
    }
  }
}
