package io.holdfast.channels;

import io.holdfast.fold.Origin;
import io.holdfast.journal.ChannelId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Frames of appends whose outcome nobody knows. Such an append may be stored yet when its channel
 * has long been opened anew, so what comes again of it must not be refused early: by a full engine,
 * by a rate, or by what is known here. Thread-safe, since lives of a channel hand it on.
 */
final class Doubts {
  /** An append that was given up is stored after this long, or never, ms. */
  private static final long UNDER_WAY = 60_000;

  /** Frames that are remembered at most, the newest. */
  private static final int MAX = 100_000;

  private final Timers timers;

  /** Until when each is in doubt, ms; in the order of that. */
  private final Map<Frame, Long> until = new LinkedHashMap<>(0);

  /** Nearly always, and asked of every frame. */
  private volatile boolean none = true;

  private record Frame(ChannelId channel, Origin origin) {}

  Doubts(Timers timers) {
    this.timers = timers;
  }

  /** Nobody knows what became of these, as of now. */
  synchronized void add(ChannelId channel, Collection<Origin> origins) {
    forget();
    long end = timers.now() + UNDER_WAY;
    for (Origin origin : origins) {
      // of others nobody can tell that they come again
      if (origin.publisher() != null || origin.idempotencyKey() != null) {
        Frame frame = new Frame(channel, origin);
        until.remove(frame);
        until.put(frame, end);
      }
    }
    none = until.isEmpty();
  }

  /** Whether a frame may be stored yet, from a try before. */
  boolean has(ChannelId channel, Origin origin) {
    return !none && find(channel, origin);
  }

  private synchronized boolean find(ChannelId channel, Origin origin) {
    forget();
    none = until.isEmpty();
    return until.containsKey(new Frame(channel, origin));
  }

  private void forget() {
    long now = timers.now();
    var oldest = until.values().iterator();
    while (oldest.hasNext() && (oldest.next() <= now || until.size() > MAX)) {
      oldest.remove();
    }
  }
}
