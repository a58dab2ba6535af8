package io.holdfast.journalrocksdb;

import io.holdfast.journal.ChannelId;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Keys, by column family. A channel's name is stored once and its data under an 8-byte number.
 *
 * <pre>
 * meta       name                    number(8)
 * channels   part(app) name          channel(8)
 * entries    channel(8) position(8)  time(8) entry
 * records    channel(8) kind(1) key  record
 * manifests  channel(8)              version(8) manifest
 * registry   part(app) part(kind) key  version(8) record
 * </pre>
 */
final class Keys {
  private Keys() {}

  static byte[] number(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  static long number(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).getLong(at);
  }

  /** A number and the bytes that follow it. */
  static byte[] numbered(long number, byte[] bytes) {
    return ByteBuffer.allocate(8 + bytes.length).putLong(number).put(bytes).array();
  }

  static byte[] afterNumber(byte[] bytes) {
    return Arrays.copyOfRange(bytes, 8, bytes.length);
  }

  static byte[] channel(ChannelId channel) {
    return joined(Names.part(channel.app()), Names.byUnit(channel.name()));
  }

  static ChannelId channel(byte[] key) {
    int app = Names.partEnd(key, 0);
    return new ChannelId(Names.part(key, 0, app), Names.text(key, app + 2, key.length));
  }

  static byte[] entry(long channel, long position) {
    return ByteBuffer.allocate(16).putLong(channel).putLong(position).array();
  }

  static byte[] family(long channel, byte kind) {
    return ByteBuffer.allocate(9).putLong(channel).put(kind).array();
  }

  static byte[] record(long channel, byte kind, String key) {
    return joined(family(channel, kind), Names.byCodePoint(key));
  }

  static String recordKey(byte[] key) {
    return Names.text(key, 9, key.length);
  }

  static byte[] item(String app, String kind, String key) {
    return joined(joined(Names.part(app), Names.part(kind)), Names.byUnit(key));
  }

  static String itemKey(byte[] key, int prefix) {
    return Names.text(key, prefix, key.length);
  }

  /** The first key after this one. */
  static byte[] next(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  /** The first key that does not begin with this prefix. */
  static byte[] afterPrefix(byte[] prefix) {
    int last = prefix.length - 1;
    while (prefix[last] == (byte) 0xff) {
      last--;
    }
    byte[] after = Arrays.copyOf(prefix, last + 1);
    after[last]++;
    return after;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
