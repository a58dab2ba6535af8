package io.holdfast.server;

/**
 * How long a comet connection waits, all in ms.
 *
 * @param turn after which an answer ends though there was nothing to say: clients wait 90 s, some
 *     proxies 60, and that the client asks again is its sign of life
 * @param away how long a client may take to ask again before it is given up
 * @param brokenOff how long one whose socket has gone may take to come on another: who closes a
 *     connection hangs up first and says so afterwards
 * @param last how long last words are kept for who has not asked yet
 */
record CometPatience(long turn, long away, long brokenOff, long last) {
  private static final long MAX_TURN = 25_000;
  private static final long MAX_AWAY = 10_000;
  private static final long BROKEN_OFF = 2_000;

  /**
   * What goes with the longest silence towards a client: it is given up for silence after more than
   * twice that.
   */
  static CometPatience of(long idle) {
    return new CometPatience(
        Math.min(MAX_TURN, idle + idle / 2),
        Math.min(MAX_AWAY, 2 * idle),
        Math.min(BROKEN_OFF, idle),
        2 * idle);
  }
}
