package io.holdfast.channels;

import io.holdfast.fold.DataCost;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.protocol.Data;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds appends back for a moment so that those of one message leave together: one window per
 * connection. The first append after a quiet window goes out at once. Of the channel's lane.
 */
final class Rollup {
  /** A window holds no more than this: then it goes out early. */
  private static final int MAX_BYTES = 64 * 1024;

  private final Timers timers;
  private final Consumer<Publisher> expired;
  private final Consumer<Queued.ToCommit> out;
  private final Map<Publisher, Window> windows = new HashMap<>();

  /**
   * A rollup.
   *
   * @param expired told, from a timer's thread, that a publisher's window is over; is to call
   *     {@link #expire} on the lane
   * @param out takes what leaves, on the lane
   */
  Rollup(Timers timers, Consumer<Publisher> expired, Consumer<Queued.ToCommit> out) {
    this.timers = timers;
    this.expired = expired;
    this.out = out;
  }

  /** What waits for one message. */
  private static final class Rolling {
    private Part.Append latest;
    private final List<Part.Piece> pieces = new ArrayList<>();
    private final List<Ticket> tickets = new ArrayList<>();

    Rolling(Part.Append first) {
      this.latest = first;
    }

    boolean takes(Part.Append next) {
      Data last = pieces.getLast().data();
      Data data = next.pieces().getFirst().data();
      boolean sameKind = last == null || data == null || last.kind() == data.kind();
      return sameKind
          && latest.any() == next.any()
          && Objects.equals(latest.change().encoding(), next.change().encoding())
          && Objects.equals(latest.author().clientId(), next.author().clientId())
          && latest.version().equals(next.version());
    }

    void add(Part.Append next, Ticket ticket) {
      Part.Change before = latest.change();
      Part.Change now = next.change();
      Part.Change change =
          new Part.Change(
              now.name() == null ? before.name() : now.name(),
              null,
              now.encoding(),
              now.extras() == null ? before.extras() : now.extras());
      latest =
          new Part.Append(
              next.target(), change, next.author(), next.version(), next.any(), List.of());
      pieces.add(next.pieces().getFirst());
      tickets.add(ticket);
    }

    Queued.ToCommit queued() {
      Part.Append part =
          new Part.Append(
              latest.target(),
              latest.change(),
              latest.author(),
              latest.version(),
              latest.any(),
              pieces);
      return new Queued.ToCommit(part, tickets);
    }
  }

  private static final class Window {
    private final Map<String, Rolling> byMessage = new LinkedHashMap<>();
    private final int length;
    private int bytes;
    private Timers.@Nullable Timer timer;

    Window(int length) {
      this.length = length;
    }
  }

  /** Takes an append that was admitted. */
  void append(Publisher publisher, Part.Append part, Ticket ticket, int length) {
    flushOthers(publisher, part.target());
    Window window = windows.get(publisher);
    if (length == 0 || window == null) {
      flush(publisher);
      Rolling alone = new Rolling(part);
      alone.add(part, ticket);
      out.accept(alone.queued());
      if (length > 0 && !last(part)) {
        open(publisher, length);
      }
      return;
    }
    Rolling rolling = window.byMessage.get(part.target());
    if (rolling != null && !rolling.takes(part)) {
      flush(publisher);
      rolling = null;
      window = open(publisher, length);
    }
    if (rolling == null) {
      rolling = new Rolling(part);
      window.byMessage.put(part.target(), rolling);
    }
    rolling.add(part, ticket);
    window.bytes += DataCost.of(part.pieces().getFirst().data());
    if (last(part) || window.bytes > MAX_BYTES) {
      flush(publisher);
    }
  }

  /** Another publisher's frame for a message must not overtake what waits for it. */
  void flushOthers(@Nullable Publisher publisher, String target) {
    List<Publisher> holding = new ArrayList<>(0);
    windows.forEach(
        (other, window) -> {
          if (!other.equals(publisher) && window.byMessage.containsKey(target)) {
            holding.add(other);
          }
        });
    holding.forEach(this::flush);
  }

  /** Lets out what a publisher has waiting. */
  void flush(Publisher publisher) {
    Window window = windows.remove(publisher);
    if (window != null) {
      if (window.timer != null) {
        window.timer.cancel();
      }
      window.byMessage.values().forEach(rolling -> out.accept(rolling.queued()));
    }
  }

  void flushAll() {
    List.copyOf(windows.keySet()).forEach(this::flush);
  }

  /** A window's time is over: what waited goes out, and the next window begins if there was any. */
  void expire(Publisher publisher) {
    Window window = windows.get(publisher);
    if (window != null) {
      boolean quiet = window.byMessage.isEmpty();
      flush(publisher);
      if (!quiet) {
        open(publisher, window.length);
      }
    }
  }

  boolean isEmpty() {
    return windows.isEmpty();
  }

  private Window open(Publisher publisher, int length) {
    Window window = new Window(length);
    windows.put(publisher, window);
    window.timer = timers.after(length, () -> expired.accept(publisher));
    return window;
  }

  /** Whether the append says that nothing will follow it. */
  private static boolean last(Part.Append part) {
    String status =
        part.change().extras() == null ? null : part.change().extras().transportStatus();
    return status != null && !status.equals("streaming");
  }
}
