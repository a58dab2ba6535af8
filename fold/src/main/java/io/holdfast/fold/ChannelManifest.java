package io.holdfast.fold;

/**
 * What a channel's manifest says.
 *
 * @param trimmed entries up to this position are deleted, or may be
 * @param through records are folded through this position at least
 * @param state the rest of the fold's state at {@code through}, opaque; empty where it is a record
 */
@SuppressWarnings("ArrayRecordComponent")
public record ChannelManifest(long trimmed, long through, byte[] state) {
  private static final int FORMAT = 1;

  public static final ChannelManifest EMPTY = new ChannelManifest(0, 0, new byte[0]);

  public byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.writeByte(FORMAT);
    out.writeLong(trimmed);
    out.writeLong(through);
    out.writeBytes(state);
    return out.toByteArray();
  }

  /** Reads {@link #encode}'s form; no bytes are the empty manifest. */
  public static ChannelManifest decode(byte[] bytes) {
    if (bytes.length == 0) {
      return EMPTY;
    }
    ByteReader in = new ByteReader(bytes);
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IllegalStateException("a manifest of form " + format + ", newer than this version");
    }
    return new ChannelManifest(in.readLong(), in.readLong(), in.readBytes());
  }
}
