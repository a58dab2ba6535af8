package io.holdfast.journal;

/**
 * A channel's manifest and its version, for compare-and-set.
 *
 * @param version 0 for a channel that has none
 */
@SuppressWarnings("ArrayRecordComponent")
public record Manifest(long version, byte[] bytes) {
  /** What a channel without a manifest has. */
  public static final Manifest NONE = new Manifest(0, new byte[0]);
}
