package io.holdfast.journal;

/**
 * A channel's manifest and its version, for compare-and-set. Of two versions that were read one
 * after the other the second is smaller only if the channel was deleted in between.
 *
 * @param version 0 for a channel that has none, negative for one that was deleted lately
 */
@SuppressWarnings("ArrayRecordComponent")
public record Manifest(long version, byte[] bytes) {
  /** What a channel without a manifest has. */
  public static final Manifest NONE = new Manifest(0, new byte[0]);

  /** What a channel has that was deleted and has no manifest since. */
  public static Manifest deleted(long position) {
    return new Manifest(-position, new byte[0]);
  }

  /**
   * The version that follows another. What was written before a deletion had none of those that
   * follow it: positions count more than writes.
   */
  public static long after(long version) {
    return Math.abs(version) + 1;
  }

  /** The position of the deletion that is remembered; 0 if there is a manifest, or never was. */
  public long deletedAt() {
    return Math.max(0, -version);
  }
}
