package io.holdfast.connections;

/**
 * What connections work by. Durations in ms, sizes in bytes.
 *
 * @param maxMessageSize what one publish may count (TM6)
 * @param maxFrameSize what one frame may take
 * @param stateTtl how long the state of a lost connection is kept
 * @param maxIdle the longest silence towards a client
 * @param maxUnackedFrames frames that may wait for their acknowledgement, per connection
 * @param maxUnackedBytes and their size
 * @param maxNodeUnackedBytes and for all connections of the node
 * @param ackTimeout a frame without an answer for so long ends the transport
 * @param maxChannels attachments per connection
 * @param messageRate messages a connection may publish in a second; 0 for no limit
 * @param channelMessageRate and a channel be published; 0 for no limit
 * @param serverId names this node to clients
 */
public record ConnectionSettings(
    int maxMessageSize,
    int maxFrameSize,
    long stateTtl,
    long maxIdle,
    int maxUnackedFrames,
    long maxUnackedBytes,
    long maxNodeUnackedBytes,
    long ackTimeout,
    int maxChannels,
    int messageRate,
    int channelMessageRate,
    String serverId) {
  public static final ConnectionSettings DEFAULT =
      new ConnectionSettings(
          64 * 1024,
          512 * 1024,
          120_000,
          15_000,
          4_096,
          4L * 1024 * 1024,
          256L * 1024 * 1024,
          30_000,
          10_000,
          0,
          0,
          "holdfast");
}
