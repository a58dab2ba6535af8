package io.holdfast.journalnats;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.StoredEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries. Any server may answer, and one may lag; so the leader is asked for the newest, and
 * what ends before it is read on. Backwards, where there is no reading, ever wider windows are read
 * forwards. Of the engine's thread.
 */
final class Log {
  private static final int PAGE = 256;
  private static final int PAGE_BYTES = 4 << 20;
  private static final long LAG_PAUSE_MS = 10;
  private static final long LAG_MAX_MS = 15_000;
  private static final long WINDOW_MIN = 512;
  private static final int WINDOW_GROWTH = 8;

  /** As long may a server lag behind a trim and show what is gone. */
  private static final long FLOORS_KEPT_MS = 5_000;

  private static final int FLOORS_MAX = 10_000;

  private final String stream;
  private final Api api;
  private final EngineThread engine;

  private record Floor(long through, long until) {}

  private final Map<ChannelId, Floor> floors = new LinkedHashMap<>();

  Log(String stream, Api api, EngineThread engine) {
    this.stream = stream;
    this.api = api;
    this.engine = engine;
  }

  /** Everything up to this is gone. */
  void trimmed(ChannelId channel, long through) {
    long now = engine.now();
    floors.entrySet().removeIf(floor -> floor.getValue().until < now);
    if (floors.size() >= FLOORS_MAX) {
      floors.remove(floors.keySet().iterator().next());
    }
    floors.put(channel, new Floor(Math.max(through, floor(channel)), now + FLOORS_KEPT_MS));
  }

  private long floor(ChannelId channel) {
    Floor floor = floors.get(channel);
    return floor == null ? 0 : floor.through;
  }

  CompletableFuture<@Nullable Stored> last(Subjects.OfChannel channel) {
    return api.last(stream, channel.entries());
  }

  CompletableFuture<List<StoredEntry>> read(
      Subjects.OfChannel channel, long from, Direction direction, int limit, int maxBytes) {
    Taken taken = new Taken(limit, maxBytes, false);
    return (switch (direction) {
          case FORWARDS -> forwards(channel, from, taken);
          case BACKWARDS -> backwards(channel, from, taken);
        })
        .thenApply(all -> all.stream().map(Stored::entry).toList());
  }

  /** What stands behind a place, deletions too. */
  CompletableFuture<List<Stored>> after(
      Subjects.OfChannel channel, long from, int limit, int maxBytes) {
    return forwards(channel, from, new Taken(limit, maxBytes, true));
  }

  /** What has been read of a call; ends as the port says. */
  private static final class Taken {
    private final List<Stored> messages = new ArrayList<>();
    private final int limit;
    private final int maxBytes;
    private final boolean deletionsToo;
    private long bytes;

    /** Whether nothing is before what was read: backwards a deletion has been come to. */
    private boolean ended;

    Taken(int limit, int maxBytes, boolean deletionsToo) {
      this.limit = limit;
      this.maxBytes = maxBytes;
      this.deletionsToo = deletionsToo;
    }

    boolean full() {
      return ended || messages.size() >= limit || (!messages.isEmpty() && bytes >= maxBytes);
    }

    /** Takes what is newer than all before; what a deletion has taken away may still be shown. */
    void newer(Stored message) {
      if (message.isDeletion() && !deletionsToo) {
        messages.clear();
        bytes = 0;
      } else {
        add(message);
      }
    }

    /** Takes what is older than all before. */
    void older(Stored message) {
      if (message.isDeletion()) {
        ended = true;
      } else {
        add(message);
      }
    }

    private void add(Stored message) {
      messages.add(message);
      bytes += message.data().length;
    }

    int wanted() {
      return Math.min(PAGE, limit - messages.size());
    }
  }

  private CompletableFuture<List<Stored>> forwards(
      Subjects.OfChannel channel, long from, Taken taken) {
    if (taken.limit <= 0 || from == Long.MAX_VALUE) {
      return CompletableFuture.completedFuture(List.of());
    }
    long after = Math.max(from, floor(channel.id()));
    return forwards(channel, after, taken, engine.now() + LAG_MAX_MS);
  }

  private CompletableFuture<List<Stored>> forwards(
      Subjects.OfChannel channel, long after, Taken taken, long deadline) {
    // asked at the same time: the newest may be newer than the page, never older by intent
    CompletableFuture<@Nullable Stored> newest = last(channel);
    return api.page(stream, channel.entries(), after + 1, taken.wanted(), PAGE_BYTES)
        .thenCompose(
            page ->
                newest.thenCompose(last -> forwards(channel, after, taken, deadline, page, last)));
  }

  private CompletableFuture<List<Stored>> forwards(
      Subjects.OfChannel channel,
      long after,
      Taken taken,
      long deadline,
      Api.Page page,
      @Nullable Stored last) {
    long read = after;
    for (Stored message : page.messages()) {
      if (taken.full()) {
        break;
      }
      read = message.sequence();
      taken.newer(message);
    }
    long end = last == null ? 0 : last.sequence();
    if (taken.full() || (page.left() == 0 && read >= end)) {
      return CompletableFuture.completedFuture(taken.messages);
    }
    long reached = read;
    return pausedIf(page.messages().isEmpty(), deadline)
        .thenCompose(_ -> forwards(channel, reached, taken, deadline));
  }

  private CompletableFuture<Void> pausedIf(boolean lags, long deadline) {
    CompletableFuture<Void> paused = new CompletableFuture<>();
    if (!lags) {
      paused.complete(null);
    } else if (engine.now() > deadline) {
      paused.completeExceptionally(
          new JournalException(
              Reason.UNKNOWN, "A NATS server lags far behind the others; look what ails it"));
    } else {
      engine.after(LAG_PAUSE_MS, () -> paused.complete(null));
    }
    return paused;
  }

  private CompletableFuture<List<Stored>> backwards(
      Subjects.OfChannel channel, long from, Taken taken) {
    if (taken.limit <= 0 || from <= 1) {
      return CompletableFuture.completedFuture(List.of());
    }
    return last(channel)
        .thenCompose(
            last -> {
              if (last == null || last.isDeletion()) {
                return CompletableFuture.completedFuture(List.of());
              }
              long before = from;
              if (before > last.sequence()) {
                taken.older(last);
                before = last.sequence();
              }
              return backwards(
                  new Backwards(channel, taken, last.sequence(), engine.now() + LAG_MAX_MS),
                  before,
                  WINDOW_MIN);
            });
  }

  private record Backwards(Subjects.OfChannel channel, Taken taken, long newest, long deadline) {}

  private CompletableFuture<List<Stored>> backwards(Backwards reading, long before, long window) {
    Taken taken = reading.taken;
    long floor = floor(reading.channel.id());
    if (taken.full() || before <= floor + 1) {
      return CompletableFuture.completedFuture(taken.messages);
    }
    long start = Math.max(floor + 1, before - window);
    Deque<Stored> found = new ArrayDeque<>();
    return window(reading, start, before, found)
        .thenCompose(
            _ -> {
              boolean few = found.size() < taken.wanted();
              // how many were dropped from the window's beginning is not known, so they come again
              boolean dropped = found.size() >= PAGE;
              long reached = dropped ? found.getFirst().sequence() : start;
              while (!found.isEmpty() && !taken.full()) {
                taken.older(found.removeLast());
              }
              boolean wider = few && window < Long.MAX_VALUE / WINDOW_GROWTH / 2;
              return backwards(reading, reached, wider ? window * WINDOW_GROWTH : window);
            });
  }

  /** Reads all from {@code start} to before {@code end} and keeps the last {@link #PAGE}. */
  private CompletableFuture<Void> window(
      Backwards reading, long start, long end, Deque<Stored> found) {
    return api.page(stream, reading.channel.entries(), start, PAGE, PAGE_BYTES)
        .thenCompose(
            page -> {
              long read = start - 1;
              boolean beyond = false;
              for (Stored message : page.messages()) {
                beyond |= message.sequence() >= end;
                if (!beyond) {
                  read = message.sequence();
                  found.add(message);
                  if (found.size() > PAGE) {
                    found.removeFirst();
                  }
                }
              }
              // what is known to be there and is not shown, a server has not got yet
              long due = Math.min(end - 1, reading.newest);
              boolean whole = reading.newest < end ? read >= due : false;
              if (beyond || whole) {
                return CompletableFuture.completedFuture(null);
              }
              long reached = read;
              boolean lags = page.left() == 0;
              return (lags ? gone(reading) : CompletableFuture.completedFuture(false))
                  .thenCompose(
                      gone ->
                          gone
                              ? CompletableFuture.<Void>completedFuture(null)
                              : pausedIf(lags, reading.deadline)
                                  .thenCompose(_ -> window(reading, reached + 1, end, found)));
            });
  }

  /** Whether what was the newest when the reading began has been deleted since. */
  private CompletableFuture<Boolean> gone(Backwards reading) {
    return last(reading.channel)
        .thenApply(
            last ->
                last == null || last.isDeletion() || floor(reading.channel.id()) >= reading.newest);
  }
}
