package io.holdfast.simulator;

import io.holdfast.channels.Channels;
import io.holdfast.channels.HistoryQuery;
import io.holdfast.channels.Page;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.Serial;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.protocol.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody pages through the past while the world goes on. */
final class HistoryReading {
  private final History history;
  private final ServerNode node;
  private final Channels channels;
  private final ChannelId id;
  private final TrueChannel truth;
  private final @Nullable String upTo;
  private final String bound;
  private final int limit;
  private final boolean forwards;
  private final List<Message> read = new ArrayList<>();
  private boolean done;

  /**
   * A reading.
   *
   * @param upTo where an attachment began, whose past is wanted; null for all up to now
   */
  HistoryReading(
      History history,
      ServerNode node,
      ChannelId id,
      TrueChannel truth,
      @Nullable String upTo,
      int limit,
      boolean forwards) {
    this.history = history;
    this.node = node;
    this.channels = node.channels();
    this.id = id;
    this.truth = truth;
    this.upTo = upTo;
    Cursor end = upTo == null ? null : Cursor.parse(upTo);
    this.bound = new Serial(end == null ? truth.end() : end, Serial.MAX_ITEMS - 1).toString();
    this.limit = limit;
    this.forwards = forwards;
  }

  /** Who is asked. */
  ServerNode node() {
    return node;
  }

  boolean done() {
    return done;
  }

  void start() {
    page(null);
  }

  private void page(@Nullable String after) {
    Direction direction = forwards ? Direction.FORWARDS : Direction.BACKWARDS;
    HistoryQuery query = new HistoryQuery(0, Long.MAX_VALUE, limit, direction, upTo, after);
    history.guarded(channels.history(id, query), this::take);
  }

  private void take(Page<Message> page) {
    if (page.items().size() > limit) {
      throw new Broken(NothingAckedIsLost.NAME, "a page of " + page.items().size());
    }
    read.addAll(page.items());
    if (page.next() == null) {
      done = true;
      check();
    } else {
      page(page.next());
    }
  }

  /** All that was there when it began is there once, in order, as some version of it. */
  private void check() {
    if (!forwards) {
      Collections.reverse(read);
    }
    List<String> serials = new ArrayList<>();
    for (Message message : read) {
      String serial = String.valueOf(message.serial());
      TrueMessage original = truth.message(serial);
      String version = message.version() == null ? "" : String.valueOf(message.version().serial());
      TrueVersion now = original == null ? null : original.version(version);
      if (original == null || now == null) {
        throw new Broken(
            Durability.NAME,
            "history of " + id + " tells of " + message + ", truth is " + original);
      }
      String what = "history of " + serial;
      ResumeNeverSkips.sameAs(now, TrueChannel.text(message.data()), what);
      ResumeNeverSkips.dressedAs(original, now, message, what);
      if (serial.compareTo(bound) <= 0) {
        serials.add(serial);
      } else if (upTo != null) {
        throw new Broken(NothingAckedIsLost.NAME, "history up to " + upTo + " has " + serial);
      }
    }
    List<String> all = List.copyOf(truth.messages().headMap(bound, true).keySet());
    if (!serials.equals(all)) {
      throw new Broken(
          NothingAckedIsLost.NAME, "history of " + id + " is " + serials + " and not " + all);
    }
  }
}
