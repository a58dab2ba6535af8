package io.holdfast.journalnats;

import io.holdfast.journal.ChannelId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One write of a channel after the other, in the order of the calls: a retry cannot reorder what is
 * sent only when the one before it has come to its end. Entries and records do not wait for each
 * other; a deletion waits for both. How many wait is bounded by who let them in. Of the engine's
 * thread.
 */
final class Turns {
  /** What waits for what. */
  enum Row {
    ENTRIES,
    RECORDS
  }

  private record Place(ChannelId channel, Row row) {}

  private final EngineThread engine;
  private final Map<Place, Deque<Supplier<CompletableFuture<?>>>> rows = new HashMap<>();

  Turns(EngineThread engine) {
    this.engine = engine;
  }

  <T> CompletableFuture<T> take(ChannelId channel, Row row, Supplier<CompletableFuture<T>> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    add(
        new Place(channel, row),
        () -> {
          pass(started(work), answer);
          return answer;
        });
    return answer;
  }

  /** Waits for its turn in both rows and keeps both waiting. */
  <T> CompletableFuture<T> takeBoth(ChannelId channel, Supplier<CompletableFuture<T>> work) {
    CompletableFuture<Void> first = new CompletableFuture<>();
    CompletableFuture<T> answer = new CompletableFuture<>();
    add(
        new Place(channel, Row.ENTRIES),
        () -> {
          first.complete(null);
          return answer;
        });
    add(
        new Place(channel, Row.RECORDS),
        () -> {
          pass(first.thenCompose(_ -> started(work)), answer);
          return answer;
        });
    return answer;
  }

  private void add(Place place, Supplier<CompletableFuture<?>> work) {
    Deque<Supplier<CompletableFuture<?>>> row = rows.get(place);
    if (row != null) {
      row.add(work);
      return;
    }
    rows.put(place, new ArrayDeque<>());
    run(place, work);
  }

  private void run(Place place, Supplier<CompletableFuture<?>> work) {
    var _ = work.get().whenComplete((_, _) -> ended(place));
  }

  private void ended(Place place) {
    Deque<Supplier<CompletableFuture<?>>> row = rows.get(place);
    if (row == null || row.isEmpty()) {
      rows.remove(place);
    } else {
      // as a task of its own: a long row must not nest
      engine.run(() -> next(place));
    }
  }

  /** Answers one as the other is. */
  static <T extends @Nullable Object> void pass(
      CompletableFuture<T> from, CompletableFuture<T> to) {
    var _ =
        from.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                to.complete(value);
              } else {
                to.completeExceptionally(failure);
              }
            });
  }

  /** Starts something, and takes for its failure what it throws. */
  static <T extends @Nullable Object> CompletableFuture<T> started(
      Supplier<CompletableFuture<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void next(Place place) {
    Deque<Supplier<CompletableFuture<?>>> row = rows.get(place);
    Supplier<CompletableFuture<?>> work = row == null ? null : row.poll();
    if (work == null) {
      rows.remove(place);
    } else {
      run(place, work);
    }
  }
}
