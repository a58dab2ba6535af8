package io.holdfast.connections;

import io.holdfast.channels.Timers;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How fast the channels of a node may be published to, whoever does. Any thread. */
final class Paces {
  private static final int MAX_KEPT = 10_000;

  private final Timers timers;
  private final int perSecond;

  /** Those of the channels published to last: one that falls out has rested longest. */
  private final Map<ChannelId, Pace> paces =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ChannelId, Pace> eldest) {
          return size() > MAX_KEPT;
        }
      };

  /**
   * For all channels.
   *
   * @param perSecond messages; 0 for no limit
   */
  Paces(Timers timers, int perSecond) {
    this.timers = timers;
    this.perSecond = perSecond;
  }

  /** Why so many messages may not go to a channel now; null if they may. */
  @Nullable ErrorInfo refusal(ChannelId channel, int messages) {
    if (perSecond == 0) {
      return null;
    }
    synchronized (this) {
      long now = timers.now();
      Pace pace = paces.computeIfAbsent(channel, id -> new Pace(perSecond, now));
      return pace.take(messages, now)
          ? null
          : ErrorCode.CHANNEL_RATE_LIMITED.info("it takes " + perSecond + " messages a second");
    }
  }
}
