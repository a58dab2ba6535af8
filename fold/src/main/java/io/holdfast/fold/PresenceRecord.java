package io.holdfast.fold;

import io.holdfast.protocol.PresenceMessage;

/** The stored form of a presence event. */
public final class PresenceRecord {
  private PresenceRecord() {}

  static byte[] encode(PresenceMessage message) {
    ByteWriter out = new ByteWriter();
    EntryCodec.writePresence(out, message);
    return out.toByteArray();
  }

  /** Reads a record of kind {@link RecordKind#PRESENCE}. */
  public static PresenceMessage decode(byte[] bytes) {
    return EntryCodec.readPresence(new ByteReader(bytes));
  }
}
