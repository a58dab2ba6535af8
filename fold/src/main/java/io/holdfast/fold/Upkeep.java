package io.holdfast.fold;

/**
 * What is to be done about a channel's shared objects.
 *
 * @param usedAt when somebody last changed them, ms; 0 for never, or for objects that have expired
 * @param sweepFrom from when a look for garbage finds some, ms; 0 for never
 */
public record Upkeep(long usedAt, long sweepFrom) {
  static final Upkeep NONE = new Upkeep(0, 0);
  private static final int FORMAT = 1;

  /** Reads a record of kind {@link RecordKind#UPKEEP}. */
  public static Upkeep decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IllegalStateException("upkeep of form " + format + ", newer than this version");
    }
    return new Upkeep(in.readLong(), in.readLong());
  }

  byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.writeByte(FORMAT);
    out.writeLong(usedAt);
    out.writeLong(sweepFrom);
    return out.toByteArray();
  }

  /** Whether objects that nobody changes have been kept for long enough. */
  public boolean expired(long retention, long now) {
    return retention > 0 && usedAt > 0 && usedAt <= now - retention;
  }

  /** Whether a {@link Part.Collect} would do anything. */
  public boolean due(long retention, long now) {
    return (sweepFrom > 0 && sweepFrom <= now) || expired(retention, now);
  }
}
