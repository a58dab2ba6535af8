package io.holdfast.journalnats;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Where records go. A few stay in the head. What is more becomes a run of its own on top of the
 * others; when there are many runs, or much in them beside the last, they become one, and when that
 * is an eighth of the last, it goes into that: piece by piece, and only those pieces that it
 * changes. So nothing is written more than a few times, and a record is looked for in few places.
 */
final class Packing {
  private static final int RECENT_BYTES = 8 << 10;
  private static final int RUNS_MAX = 8;
  private static final int SHARE = 8;
  private static final long UPPER_MIN = 256 << 10;

  /** As much is in memory at once when runs become one. */
  private static final long UPPER_MAX = 16L << 20;

  private static final int SMALL = 64 << 10;

  private final Pieces pieces;

  Packing(Pieces pieces) {
    this.pieces = pieces;
  }

  CompletableFuture<Head> put(
      Subjects.OfChannel channel, Head head, Run written, List<Long> stored) {
    Run recent = written.over(head.recent());
    if (head.runs().isEmpty()) {
      recent = recent.withoutDeletions();
    }
    if (recent.bytes() <= RECENT_BYTES) {
      return CompletableFuture.completedFuture(head.withRecords(recent, head.runs(), List.of()));
    }
    if (head.runs().isEmpty()) {
      return store(channel, recent, stored)
          .thenApply(base -> head.withRecords(Run.EMPTY, List.of(base), List.of()));
    }
    List<List<Head.Piece>> upper = head.runs().subList(0, head.runs().size() - 1);
    List<Head.Piece> base = head.runs().getLast();
    long below = bytes(base.stream());
    long bound = Math.clamp(below / SHARE, UPPER_MIN, UPPER_MAX);
    long all = bytes(upper.stream().flatMap(List::stream)) + recent.bytes();
    if (upper.size() < RUNS_MAX && all <= bound) {
      return store(channel, recent, stored)
          .thenApply(run -> head.withRecords(Run.EMPTY, onTop(run, head.runs()), List.of()));
    }
    Run newest = recent;
    return merged(newest, upper)
        .thenCompose(
            one ->
                one.bytes() <= bound
                    ? store(channel, one, stored)
                        .thenApply(
                            run ->
                                head.withRecords(Run.EMPTY, List.of(run, base), sequences(upper)))
                    : into(new Into(channel, head, one, base, upper, stored)));
  }

  private static List<List<Head.Piece>> onTop(List<Head.Piece> run, List<List<Head.Piece>> others) {
    List<List<Head.Piece>> all = new ArrayList<>();
    all.add(run);
    all.addAll(others);
    return all;
  }

  private static long bytes(Stream<Head.Piece> of) {
    return of.mapToLong(Head.Piece::bytes).sum();
  }

  private static List<Long> sequences(List<List<Head.Piece>> runs) {
    return runs.stream().flatMap(List::stream).flatMap(p -> p.sequences().stream()).toList();
  }

  private CompletableFuture<List<Head.Piece>> store(
      Subjects.OfChannel channel, Run run, List<Long> stored) {
    return pieces
        .write(channel, run)
        .thenApply(
            made -> {
              made.forEach(piece -> stored.addAll(piece.sequences()));
              return made;
            });
  }

  private CompletableFuture<Run> merged(Run newest, List<List<Head.Piece>> older) {
    List<Head.Piece> all = older.stream().flatMap(List::stream).toList();
    return pieces
        .readAll(all)
        .thenApply(
            runs -> {
              // the oldest first, and each over what it is newer than
              Run merged = Run.EMPTY;
              for (Run run : runs.reversed()) {
                merged = run.over(merged);
              }
              return newest.over(merged);
            });
  }

  /** The last run while another goes into it. */
  private static final class Into {
    private final Subjects.OfChannel channel;
    private final Head head;
    private final Run change;
    private final List<Head.Piece> base;
    private final List<Long> stored;
    private final List<Long> dropped = new ArrayList<>();
    private final List<Head.Piece> result = new ArrayList<>();

    /** The small end of a piece that goes with the next one. */
    private Run carried = Run.EMPTY;

    Into(
        Subjects.OfChannel channel,
        Head head,
        Run change,
        List<Head.Piece> base,
        List<List<Head.Piece>> upper,
        List<Long> stored) {
      this.channel = channel;
      this.head = head;
      this.change = change;
      this.base = base;
      this.stored = stored;
      dropped.addAll(sequences(upper));
    }

    /** What of the change belongs to a piece: all up to where the next one begins. */
    Run share(int index) {
      Run share = index + 1 < base.size() ? change.before(base.get(index + 1).first()) : change;
      return index == 0 || share.isEmpty() ? share : share.from(base.get(index).first());
    }

    Head done() {
      List<List<Head.Piece>> runs = result.isEmpty() ? List.of() : List.of(result);
      return head.withRecords(Run.EMPTY, runs, dropped);
    }
  }

  private CompletableFuture<Head> into(Into into) {
    return into(into, 0);
  }

  private CompletableFuture<Head> into(Into into, int index) {
    int at = index;
    while (at < into.base.size() && into.carried.isEmpty() && into.share(at).isEmpty()) {
      into.result.add(into.base.get(at++));
    }
    if (at == into.base.size()) {
      return CompletableFuture.completedFuture(into.done());
    }
    int next = at;
    Head.Piece piece = into.base.get(at);
    return pieces
        .read(piece)
        .thenCompose(
            old -> {
              Run whole = into.share(next).over(into.carried.over(old)).withoutDeletions();
              into.carried = Run.EMPTY;
              into.dropped.addAll(piece.sequences());
              return store(into.channel, carry(into, whole, next), into.stored);
            })
        .thenCompose(
            made -> {
              into.result.addAll(made);
              return into(into, next + 1);
            });
  }

  /** Leaves a small end to the next piece where the two fit into one. */
  private static Run carry(Into into, Run whole, int index) {
    if (whole.isEmpty() || index + 1 == into.base.size()) {
      return whole;
    }
    List<Run> cut = whole.cut(Pieces.PIECE_BYTES);
    Run end = cut.getLast();
    boolean fits = end.bytes() + into.base.get(index + 1).bytes() <= Pieces.PIECE_BYTES;
    if (end.bytes() > SMALL || !fits) {
      return whole;
    }
    into.carried = end;
    return whole.before(end.first());
  }
}
