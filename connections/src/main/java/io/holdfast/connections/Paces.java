package io.holdfast.connections;

import io.holdfast.channels.Timers;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How fast channels may be published to. Any thread. */
final class Paces {
  static final int NODE = 10_000;
  static final int CONNECTION = 1_000;

  private final Timers timers;
  private final int perSecond;
  private final int most;

  /**
   * Those of the channels published to last: one that falls out has rested longest. Null before the
   * first: most connections only read.
   */
  private @Nullable Map<ChannelId, Pace> paces;

  /**
   * For all channels.
   *
   * @param perSecond messages; 0 for no limit
   * @param most channels that are remembered
   */
  Paces(Timers timers, int perSecond, int most) {
    this.timers = timers;
    this.perSecond = perSecond;
    this.most = most;
  }

  /** Why so many messages may not go to a channel now; null if they may. */
  @Nullable ErrorInfo refusal(ChannelId channel, int messages) {
    long wait = perSecond == 0 ? 0 : take(channel, perSecond, messages);
    return wait == 0
        ? null
        : ErrorCode.CHANNEL_RATE_LIMITED
            .info("it takes " + perSecond + " messages a second")
            .after(wait);
  }

  /** What went to a channel through other nodes counts here too, whether or not there is room. */
  synchronized void charge(ChannelId channel, int messages) {
    if (perSecond > 0) {
      long now = timers.now();
      known().computeIfAbsent(channel, _ -> new Pace(perSecond, now)).charge(messages, now);
    }
  }

  /**
   * Takes room for some messages at a rate of the channel's own; when there is too little, how long
   * until there is, ms, else 0.
   */
  synchronized long take(ChannelId channel, double rate, int messages) {
    long now = timers.now();
    Pace known = known().get(channel);
    if (known == null || known.perSecond() != rate) {
      known = new Pace(rate, now);
      known().put(channel, known);
    }
    return known.take(messages, now) ? 0 : known.roomIn(messages, now);
  }

  private Map<ChannelId, Pace> known() {
    Map<ChannelId, Pace> known = paces;
    if (known == null) {
      known =
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<ChannelId, Pace> eldest) {
              return size() > most;
            }
          };
      paces = known;
    }
    return known;
  }
}
