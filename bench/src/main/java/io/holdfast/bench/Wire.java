package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The few protocol frames the bench needs, scanned in place instead of parsed: a scan costs tens of
 * nanoseconds, so that the driver is not what is measured. Relies on {@code action} being the first
 * action in a frame, before those of its messages.
 */
final class Wire {
  static final int ACK = 1;
  static final int NACK = 2;
  static final int CONNECTED = 4;
  static final int DISCONNECTED = 6;
  static final int ERROR = 9;
  static final int ATTACH = 10;
  static final int ATTACHED = 11;
  static final int DETACHED = 13;
  static final int MESSAGE = 15;
  static final int OBJECT_SYNC = 20;

  /** The modes of who hears of objects, and of who changes them. */
  static final int OBJECT_SUBSCRIBE = 1 << 24;

  static final int OBJECT_PUBLISH = 1 << 25;

  /** Of an ATTACHED: nothing is missing between the place presented and what follows. */
  static final int RESUMED = 1 << 2;

  static final byte[] ACTION_KEY = key("action");
  static final byte[] SERIAL_KEY = key("msgSerial");
  static final byte[] COUNT_KEY = key("count");
  static final byte[] SERIALS_KEY = key("serials");
  static final byte[] CHANNEL_KEY = key("channel");
  static final byte[] PLACE_KEY = key("channelSerial");
  static final byte[] FLAGS_KEY = key("flags");
  static final byte[] CONNECTION_KEY = key("connectionKey");
  static final byte[] DATA_KEY = key("data");
  static final byte[] NAME_KEY = key("name");
  static final byte[] MESSAGES_KEY = key("messages");
  static final byte[] MESSAGE_SERIAL_KEY = key("serial");

  /** Starts the time stamp inside a payload; 16 hexadecimal digits follow. */
  static final byte STAMP = '~';

  static final int STAMP_LENGTH = 17;

  private Wire() {}

  static byte[] key(String name) {
    return ("\"" + name + "\":").getBytes(StandardCharsets.UTF_8);
  }

  /** How many frames an ACK or a NACK answers. */
  static long answered(ByteBuf buf, int from, int to) {
    return Math.max(1, number(buf, from, to, COUNT_KEY));
  }

  /** The number behind the last frame that an ACK or a NACK answers. */
  static long answeredBelow(ByteBuf buf, int from, int to) {
    return number(buf, from, to, SERIAL_KEY) + answered(buf, from, to);
  }

  static boolean endsConnection(long action) {
    return action == DISCONNECTED || action == ERROR || action == DETACHED;
  }

  static String attach(String channel) {
    return attach(channel, 0);
  }

  static String attach(String channel, int flags) {
    String modes = flags == 0 ? "" : ",\"flags\":" + flags;
    return "{\"action\":10,\"channel\":\"" + channel + "\"" + modes + "}";
  }

  /** Going on from the place of the last frame that came. */
  static String attachFrom(String channel, String place) {
    return "{\"action\":10,\"channel\":\"" + channel + "\",\"channelSerial\":\"" + place + "\"}";
  }

  /** Where the needle starts between from and to, or -1. */
  static int find(ByteBuf buf, int from, int to, byte[] needle) {
    int last = to - needle.length;
    int at = from;
    while (at <= last) {
      int hit = buf.indexOf(at, last + 1, needle[0]);
      if (hit < 0) {
        return -1;
      }
      if (matches(buf, hit, needle)) {
        return hit;
      }
      at = hit + 1;
    }
    return -1;
  }

  private static boolean matches(ByteBuf buf, int at, byte[] needle) {
    for (int i = 1; i < needle.length; i++) {
      if (buf.getByte(at + i) != needle[i]) {
        return false;
      }
    }
    return true;
  }

  /** The unsigned number behind the first such key, or -1. */
  static long number(ByteBuf buf, int from, int to, byte[] key) {
    int at = find(buf, from, to, key);
    if (at < 0) {
      return -1;
    }
    long value = 0;
    int i = skipBlanks(buf, at + key.length, to);
    int digits = i;
    for (; i < to; i++) {
      int digit = buf.getByte(i) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
    }
    return i == digits ? -1 : value;
  }

  /** The first string behind the key, also inside an array; null when there is none. */
  static @Nullable String text(ByteBuf buf, int from, int to, byte[] key) {
    int at = find(buf, from, to, key);
    if (at < 0) {
      return null;
    }
    int open = buf.indexOf(at + key.length, to, (byte) '"');
    if (open < 0) {
      return null;
    }
    int close = buf.indexOf(open + 1, to, (byte) '"');
    return close < 0 ? null : buf.toString(open + 1, close - open - 1, StandardCharsets.UTF_8);
  }

  /** The time stamped into the first payload of the frame, or -1. */
  static long stamp(ByteBuf buf, int from, int to) {
    int at = buf.indexOf(from, to, STAMP);
    if (at < 0 || at + STAMP_LENGTH > to) {
      return -1;
    }
    long value = 0;
    for (int i = at + 1; i < at + STAMP_LENGTH; i++) {
      int digit = Character.digit(buf.getByte(i), 16);
      if (digit < 0) {
        return -1;
      }
      value = (value << 4) | digit;
    }
    return value;
  }

  private static int skipBlanks(ByteBuf buf, int from, int to) {
    int i = from;
    while (i < to && buf.getByte(i) == ' ') {
      i++;
    }
    return i;
  }
}
