package io.holdfast.channels;

/**
 * What a channel is used for.
 *
 * @param active whether anybody is there, or has used it since it came into memory, which it leaves
 *     a while after its last use
 * @param occupancy who is there
 */
public record ChannelUse(boolean active, Occupancy occupancy) {
  static final ChannelUse NONE = new ChannelUse(false, Occupancy.NONE);

  /** The same and what another node uses it for. */
  public ChannelUse plus(ChannelUse elsewhere) {
    return new ChannelUse(active || elsewhere.active, occupancy.plus(elsewhere.occupancy));
  }
}
