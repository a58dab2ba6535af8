package io.holdfast.simulator;

import io.holdfast.channels.ChannelLoad;
import io.holdfast.channels.ChannelSettings;
import io.holdfast.protocol.Frame;

/**
 * Everything a channel keeps has its bound, and a slow reader costs no more than its own: nothing
 * is pushed into a socket that has no room.
 */
final class MemoryBounded {
  static final String NAME = "memory bounded";

  /** What one entry, one frame and the marks of a handful of clients may add; those alone 33 kB. */
  private static final long SLACK = 64 * 1024;

  private MemoryBounded() {}

  static void written(Frame frame, boolean writable) {
    boolean event =
        frame instanceof Frame.Messages
            || frame instanceof Frame.Presence
            || frame instanceof Frame.Objects;
    if (event && !writable) {
      throw new Broken(NAME, "a frame is pushed into a full socket: " + frame);
    }
  }

  /**
   * A channel is within its bounds.
   *
   * @param atOnce the most that came in one piece and is taken as such, bytes
   */
  static void within(String channel, ChannelLoad load, ChannelSettings settings, long atOnce) {
    long pending = settings.unackedBytes() + atOnce;
    bound(channel, "recent events", load.recentBytes(), settings.recentBytes());
    bound(channel, "what waits for its verdict", load.pendingBytes(), pending);
    long state = settings.cacheBytes() + 3 * settings.checkpointBytes();
    bound(channel, "folded state", load.stateBytes(), state + SLACK);
  }

  private static void bound(String channel, String what, long is, long most) {
    if (is > most) {
      throw new Broken(NAME, what + " of " + channel + " takes " + is + " bytes, bound " + most);
    }
  }
}
