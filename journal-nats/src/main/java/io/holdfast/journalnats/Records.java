package io.holdfast.journalnats;

import io.holdfast.journal.Direction;
import io.holdfast.journal.Manifest;
import io.holdfast.journal.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A channel's records and manifest, found through its head. Of the engine's thread. */
final class Records {
  private static final int TRIES = 8;

  private final Heads heads;
  private final Pieces pieces;
  private final Packing packing;

  Records(Heads heads, Pieces pieces) {
    this.heads = heads;
    this.pieces = pieces;
    this.packing = new Packing(pieces);
  }

  CompletableFuture<Manifest> manifest(Subjects.OfChannel channel) {
    return heads.load(channel).thenApply(at -> at.head().told());
  }

  /** Writes records and the manifest over the version expected; tells whether it did. */
  CompletableFuture<Boolean> write(
      Subjects.OfChannel channel, long expected, List<StoredRecord> records, byte[] manifest) {
    Run written = Run.of(records);
    return heads.change(
        channel,
        (head, stored) -> {
          if (head.told().version() != expected) {
            return CompletableFuture.<@Nullable Head>completedFuture(null);
          }
          return with(channel, head, written, stored)
              .<@Nullable Head>thenApply(next -> next.withManifest(manifest));
        });
  }

  private CompletableFuture<Head> with(
      Subjects.OfChannel channel, Head head, Run written, List<Long> stored) {
    boolean nothing = written.isEmpty() || (head.isEmpty() && written.withoutDeletions().isEmpty());
    return nothing
        ? CompletableFuture.completedFuture(head)
        : packing.put(channel, head, written, stored);
  }

  CompletableFuture<Void> put(Subjects.OfChannel channel, List<StoredRecord> records) {
    Run written = Run.of(records);
    return heads
        .change(
            channel,
            (head, stored) -> {
              boolean deletesNothing = head.isEmpty() && written.withoutDeletions().isEmpty();
              return written.isEmpty() || deletesNothing
                  ? CompletableFuture.<@Nullable Head>completedFuture(null)
                  : packing.put(channel, head, written, stored).<@Nullable Head>thenApply(h -> h);
            })
        .thenApply(_ -> null);
  }

  /** Reads with a head, and again with the next one when its pieces are gone. */
  private <T extends @Nullable Object> CompletableFuture<T> with(
      Subjects.OfChannel channel, Function<Head, CompletableFuture<T>> reading, int tries) {
    return heads
        .load(channel)
        .thenCompose(at -> reading.apply(at.head()))
        .exceptionallyCompose(
            failure ->
                Pieces.isGone(failure) && tries > 1
                    ? with(channel, reading, tries - 1)
                    : CompletableFuture.failedFuture(failure));
  }

  CompletableFuture<byte @Nullable []> get(Subjects.OfChannel channel, byte kind, String key) {
    Run.Key wanted = Run.Key.of(kind, key);
    return this.<byte @Nullable []>with(
        channel,
        head -> {
          if (head.recent().names(wanted)) {
            return CompletableFuture.<byte @Nullable []>completedFuture(head.recent().get(wanted));
          }
          List<Head.Piece> places =
              head.pieces().filter(piece -> piece.meets(wanted, wanted)).toList();
          return find(wanted, places, 0);
        },
        TRIES);
  }

  private CompletableFuture<byte @Nullable []> find(
      Run.Key wanted, List<Head.Piece> places, int index) {
    if (index == places.size()) {
      return CompletableFuture.<byte @Nullable []>completedFuture(null);
    }
    return pieces
        .read(places.get(index))
        .<byte @Nullable []>thenCompose(
            run ->
                run.names(wanted)
                    ? CompletableFuture.<byte @Nullable []>completedFuture(run.get(wanted))
                    : find(wanted, places, index + 1));
  }

  CompletableFuture<List<StoredRecord>> scan(
      Subjects.OfChannel channel,
      byte kind,
      @Nullable String from,
      @Nullable String until,
      Direction direction,
      int limit,
      int maxBytes) {
    String low = direction == Direction.FORWARDS ? from : until;
    String high = direction == Direction.FORWARDS ? until : from;
    Run.Key start = Run.Key.of(kind, low == null ? "" : low);
    Run.Key end =
        high == null ? new Run.Key((kind & 0xff) + 1, new byte[0]) : Run.Key.of(kind, high).next();
    if (limit <= 0) {
      return CompletableFuture.completedFuture(List.of());
    }
    return with(
        channel, head -> scan(new Scan(head, kind, direction, limit, maxBytes), start, end), TRIES);
  }

  /** What is being read and what was. */
  private static final class Scan {
    private final Head head;
    private final byte kind;
    private final Direction direction;
    private final int limit;
    private final int maxBytes;
    private final List<StoredRecord> found = new ArrayList<>();
    private long bytes;

    Scan(Head head, byte kind, Direction direction, int limit, int maxBytes) {
      this.head = head;
      this.kind = kind;
      this.direction = direction;
      this.limit = limit;
      this.maxBytes = maxBytes;
    }

    boolean full() {
      return found.size() >= limit || (!found.isEmpty() && bytes >= maxBytes);
    }

    void take(NavigableMap<Run.Key, byte @Nullable []> records) {
      var ordered = direction == Direction.FORWARDS ? records : records.descendingMap();
      for (Map.Entry<Run.Key, byte @Nullable []> record : ordered.entrySet()) {
        byte[] value = record.getValue();
        if (full()) {
          return;
        }
        if (value != null) {
          found.add(new StoredRecord(kind, Names.text(record.getKey().key()), value));
          bytes += value.length;
        }
      }
    }
  }

  /** Reads from {@code start} to before {@code end}, a few pieces at a time. */
  private CompletableFuture<List<StoredRecord>> scan(Scan scan, Run.Key start, Run.Key end) {
    if (scan.full() || start.compareTo(end) >= 0) {
      return CompletableFuture.completedFuture(scan.found);
    }
    boolean forwards = scan.direction == Direction.FORWARDS;
    Run.Key stop = forwards ? end : start;
    for (Head.Piece piece : meeting(scan.head, start, end)) {
      // up to where the first of the pieces ends, so that as few as can be are read
      Run.Key edge = forwards ? piece.last().next() : piece.first();
      boolean nearer = forwards ? edge.compareTo(stop) < 0 : edge.compareTo(stop) > 0;
      stop = nearer ? edge : stop;
    }
    Run.Key from = forwards ? start : stop;
    Run.Key until = forwards ? stop : end;
    return pieces
        .readAll(meeting(scan.head, from, until))
        .thenCompose(
            runs -> {
              NavigableMap<Run.Key, byte @Nullable []> merged = new TreeMap<>();
              for (Run run : runs.reversed()) {
                merged.putAll(run.records().subMap(from, true, until, false));
              }
              merged.putAll(scan.head.recent().records().subMap(from, true, until, false));
              scan.take(merged);
              return forwards ? scan(scan, until, end) : scan(scan, start, from);
            });
  }

  /** The newest run's first. */
  private static List<Head.Piece> meeting(Head head, Run.Key from, Run.Key until) {
    return head.pieces()
        .filter(piece -> piece.first().compareTo(until) < 0 && piece.last().compareTo(from) >= 0)
        .toList();
  }
}
