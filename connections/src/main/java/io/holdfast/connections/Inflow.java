package io.holdfast.connections;

import io.holdfast.channels.Timers;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How fast one connection may publish, into whichever channels. Any thread. */
final class Inflow {
  /** So many times the rate is refused before the connection ends. */
  private static final int FLOOD = 20;

  private final Timers timers;
  private final int perSecond;
  private final Consumer<ErrorInfo> flooded;
  private final Pace pace;

  /** By channel, where the token says how fast that may be. */
  private final Paces perChannel;

  /** What is refused for coming too fast, up to where the connection ends. */
  private final Pace flood;

  /**
   * A connection's.
   *
   * @param perSecond messages; 0 for no limit
   * @param flooded told, from any thread, when it was far too much
   */
  Inflow(Timers timers, int perSecond, Consumer<ErrorInfo> flooded) {
    this.timers = timers;
    this.perSecond = perSecond;
    this.flooded = flooded;
    this.perChannel = new Paces(timers, 0, Paces.CONNECTION);
    this.pace = new Pace(perSecond, timers.now());
    this.flood = new Pace(FLOOD * perSecond, timers.now());
  }

  /**
   * Why so many messages may not come now; null if they may.
   *
   * @param rate what the credentials allow on the channel; 0 for any
   */
  @Nullable ErrorInfo refusal(ChannelId channel, double rate, int messages) {
    long slowed = rate > 0 ? perChannel.take(channel, rate, messages) : 0;
    if (slowed > 0) {
      return ErrorCode.CONNECTION_RATE_LIMITED
          .info("its token allows " + rate + " messages a second on this channel")
          .after(slowed);
    }
    if (perSecond == 0) {
      return null;
    }
    boolean far;
    long wait;
    synchronized (this) {
      long now = timers.now();
      if (pace.take(messages, now)) {
        return null;
      }
      wait = pace.roomIn(messages, now);
      far = !flood.take(messages, now);
    }
    String allowed = "it may publish " + perSecond + " a second";
    if (far) {
      flooded.accept(ErrorCode.CONNECTION_TOO_FAST.info(allowed));
    }
    return ErrorCode.CONNECTION_RATE_LIMITED.info(allowed).after(wait);
  }
}
