package io.holdfast.connections;

import org.jspecify.annotations.Nullable;

/**
 * What a client asked for when its transport opened.
 *
 * @param echo whether it hears its own messages
 * @param heartbeats whether it wants HEARTBEAT frames; others get pings of the transport's own
 * @param resume the key of the connection to go on with, or null
 * @param recover the key of a connection of a process before, or null; {@code resume} wins
 * @param rollupWindow {@code appendRollupWindow}, ms, 0-500
 * @param remainPresentFor how long members stay when the connection is lost, ms, 0-15000
 */
public record ConnectRequest(
    Access access,
    boolean echo,
    boolean heartbeats,
    @Nullable String resume,
    @Nullable String recover,
    int rollupWindow,
    int remainPresentFor) {
  public static final int DEFAULT_ROLLUP_WINDOW = 40;
  public static final int MAX_ROLLUP_WINDOW = 500;
  public static final int MAX_REMAIN_PRESENT = 15_000;

  /** For a transport that has no other sign of life. */
  public ConnectRequest withHeartbeats() {
    return new ConnectRequest(access, echo, true, resume, recover, rollupWindow, remainPresentFor);
  }

  /** For a transport that goes on with nothing. */
  public ConnectRequest fromNothing() {
    return new ConnectRequest(access, echo, heartbeats, null, null, rollupWindow, remainPresentFor);
  }
}
