package io.holdfast.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a history, and in which order.
 *
 * @param start not older than this; null for no bound
 * @param end not newer than this; null for no bound
 * @param limit how many items a page has at most, 1 to 1000
 * @param oldestFirst rather than newest first
 * @param untilAttach only what came before the channel was attached: together with what is received
 *     since, this is everything once. Of realtime channels that are attached
 */
public record HistoryQuery(
    @Nullable Instant start,
    @Nullable Instant end,
    int limit,
    boolean oldestFirst,
    boolean untilAttach) {
  /** Everything, the newest first, 100 a page. */
  public static final HistoryQuery ALL = new HistoryQuery(null, null, 100, false, false);

  /** Everything before the channel was attached, the newest first, 100 a page. */
  public static final HistoryQuery UNTIL_ATTACH = new HistoryQuery(null, null, 100, false, true);

  /** Refuses limits out of range. */
  public HistoryQuery {
    if (limit < 1 || limit > 1000) {
      throw new IllegalArgumentException("a page has 1 to 1000 items, not " + limit);
    }
  }

  /** The same, not older than this. */
  public HistoryQuery since(Instant time) {
    return new HistoryQuery(time, end, limit, oldestFirst, untilAttach);
  }

  /** The same, not newer than this. */
  public HistoryQuery until(Instant time) {
    return new HistoryQuery(start, time, limit, oldestFirst, untilAttach);
  }

  /** The same with pages of at most this many items. */
  public HistoryQuery limit(int items) {
    return new HistoryQuery(start, end, items, oldestFirst, untilAttach);
  }

  /** The same, the oldest first. */
  public HistoryQuery forwards() {
    return new HistoryQuery(start, end, limit, true, untilAttach);
  }
}
