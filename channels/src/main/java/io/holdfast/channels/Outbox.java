package io.holdfast.channels;

import io.holdfast.fold.Entry;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.FoldLimits;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The way to the journal: one append at a time, and what arrives meanwhile is the next entry, so a
 * busy channel batches by itself and nothing is reordered. Of the channel's lane.
 */
final class Outbox {
  private static final int MAX_PARTS = 1_024;

  private final ChannelId channel;
  private final Journal journal;
  private final FoldLimits limits;
  private final int entryBytes;
  private final String ids;
  private final Deque<Queued> queue = new ArrayDeque<>();
  private long entries;
  private @Nullable Flight flight;

  /** Whether {@link #flight} has come back from the log: a resend of it may come after it. */
  private boolean told;

  private CompletableFuture<?> underWay = CompletableFuture.completedFuture(null);

  /** The append under way. */
  @SuppressWarnings("ArrayRecordComponent")
  record Flight(
      Entry entry, byte[] bytes, List<Ticket> tickets, List<Consumer<OpenChannel>> again) {}

  Outbox(ChannelId channel, Journal journal, FoldLimits limits, int entryBytes, String ids) {
    this.channel = channel;
    this.journal = journal;
    this.limits = limits;
    this.entryBytes = entryBytes;
    this.ids = ids;
  }

  void add(Queued queued) {
    queue.add(queued);
  }

  /** Something the server itself has to say, once all that is here by now is committed. */
  void inPlace(Runnable task, Consumer<OpenChannel> again) {
    queue.add(new Queued.InPlace(task, again));
  }

  /** A part of the server's own. */
  void add(Part part, Consumer<OpenChannel> again) {
    queue.add(new Queued.ToCommit(part, List.of(), again));
  }

  /** One that the fold answers as it answers a client's. */
  void add(Part part, Ticket ticket, Consumer<OpenChannel> again) {
    queue.add(new Queued.ToCommit(part, List.of(ticket), again));
  }

  /** What the server itself has said and is not committed. */
  List<Consumer<OpenChannel>> unsaid() {
    List<Consumer<OpenChannel>> unsaid = new ArrayList<>();
    if (flight != null) {
      unsaid.addAll(flight.again);
    }
    for (Queued queued : queue) {
      if (queued.again() != null) {
        unsaid.add(queued.again());
      }
    }
    return unsaid;
  }

  /** Whether anything on its way to the log, and not back from it, is such a part. */
  boolean says(Predicate<Part> what) {
    return (flight != null && !told && flight.entry.parts().stream().anyMatch(what))
        || queue.stream().anyMatch(q -> q instanceof Queued.ToCommit c && what.test(c.part()));
  }

  boolean isEmpty() {
    return queue.isEmpty() && flight == null;
  }

  /** The append that an entry of the journal is, if it is ours; told once. */
  @Nullable Flight flightOf(byte[] bytes) {
    Flight current = flight;
    if (told || current == null || !Arrays.equals(current.bytes, bytes)) {
      return null;
    }
    told = true;
    return current;
  }

  /** Done when no append is under way. */
  CompletableFuture<?> underWay() {
    return underWay;
  }

  /** The frames of the append under way. */
  List<Origin> framesUnderWay() {
    return flight == null ? List.of() : flight.tickets.stream().map(Ticket::origin).toList();
  }

  /** The append has come to its end, whichever. */
  @Nullable Flight landed() {
    Flight landed = flight;
    flight = null;
    return landed;
  }

  /** Does what stands at the head to be done in its place. */
  void runInPlace() {
    while (flight == null && queue.peek() instanceof Queued.InPlace next) {
      queue.poll();
      next.task().run();
    }
  }

  /** Sends the next entry if none is under way; {@code done} hears on the journal's thread. */
  void send(BiConsumer<Journal.@Nullable Appended, @Nullable Throwable> done) {
    if (flight != null || queue.isEmpty()) {
      return;
    }
    List<Part> parts = new ArrayList<>();
    List<Ticket> tickets = new ArrayList<>();
    List<Consumer<OpenChannel>> again = new ArrayList<>(0);
    int bytes = 0;
    while (bytes < entryBytes
        && parts.size() < MAX_PARTS
        && queue.peek() instanceof Queued.ToCommit next) {
      queue.poll();
      parts.add(next.part());
      tickets.addAll(next.tickets());
      if (next.again() != null) {
        again.add(next.again());
      }
      bytes += next.bytes();
    }
    if (parts.isEmpty()) {
      return;
    }
    Entry entry = new Entry(parts, limits);
    byte[] encoded = EntryCodec.encode(entry);
    told = false;
    flight = new Flight(entry, encoded, tickets, again);
    underWay =
        journal
            .append(channel, encoded, ids + entries++)
            .handle(
                (at, failure) -> {
                  done.accept(at, failure);
                  return null;
                });
  }
}
