package io.holdfast.journalnats;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the {@link Mirror} as the servers' registry is: announcements, each with the next sequence;
 * where one is missing, and every 2 s, what there is beyond is read. Of the engine's thread.
 */
final class Feed {
  private static final long CHECK_MS = 2_000;
  private static final long LAG_PAUSE_MS = 20;
  private static final int PAGE = 256;
  private static final int PAGE_BYTES = 4 << 20;

  private final Subjects subjects;
  private final Api api;
  private final EngineThread engine;
  private final Mirror mirror;

  /** Known to be there. */
  private long due;

  private boolean reading;

  /** Waits for a look that begins after it came; the one under way may have looked before. */
  private @Nullable CompletableFuture<Void> waiting;

  /** When it was last known that nothing is missing; read by any thread. */
  private volatile long followedAt;

  Feed(Subjects subjects, Api api, EngineThread engine, Mirror mirror) {
    this.subjects = subjects;
    this.api = api;
    this.engine = engine;
    this.mirror = mirror;
  }

  /** Done when all is known. */
  CompletableFuture<Void> start(Link link) {
    link.subscribe(subjects.registryLive(), this::announced);
    reading = true;
    CompletableFuture<Void> known = read();
    engine.every(CHECK_MS, this::check);
    return known;
  }

  long followedAt() {
    return followedAt;
  }

  private void announced(Stored stored) {
    due = Math.max(due, stored.sequence());
    if (stored.sequence() == mirror.applied() + 1) {
      mirror.apply(stored);
    } else if (stored.sequence() > mirror.applied()) {
      check();
    }
  }

  /** Reads what may have been missed. */
  void check() {
    if (reading) {
      return;
    }
    reading = true;
    CompletableFuture<Void> waited = waiting;
    waiting = null;
    var _ =
        read()
            .whenComplete(
                (_, failure) -> {
                  if (waited != null && failure == null) {
                    waited.complete(null);
                  } else if (waited != null) {
                    waited.completeExceptionally(failure);
                  }
                  if (waiting != null) {
                    check();
                  }
                });
  }

  /** Done when all is known that was stored before. */
  CompletableFuture<Void> catchUp() {
    if (waiting == null) {
      waiting = new CompletableFuture<>();
    }
    CompletableFuture<Void> mine = waiting;
    check();
    return mine;
  }

  /** Something is stored; if it is not announced soon it is read. */
  void expect(long sequence) {
    due = Math.max(due, sequence);
    engine.after(
        LAG_PAUSE_MS,
        () -> {
          if (mirror.applied() < sequence) {
            check();
          }
        });
  }

  private CompletableFuture<Void> read() {
    String stream = subjects.registryStream();
    return api.page(stream, subjects.registry(), mirror.applied() + 1, PAGE, PAGE_BYTES)
        .thenCompose(
            page -> {
              page.messages().forEach(mirror::apply);
              return page.left() > 0 ? read() : whole(stream);
            })
        .whenComplete((_, _) -> reading = false);
  }

  /** Who answered may lag, and the leader does not. */
  private CompletableFuture<Void> whole(String stream) {
    long seen = due;
    return api.next(stream, subjects.registry(), mirror.applied() + 1)
        .thenCompose(
            next -> {
              if (next != null) {
                CompletableFuture<Void> paused = new CompletableFuture<>();
                engine.after(LAG_PAUSE_MS, () -> paused.complete(null));
                return paused.thenCompose(_ -> read());
              }
              // what was announced and is not there has been replaced or has gone
              mirror.reached(seen);
              followedAt = engine.now();
              return CompletableFuture.completedFuture(null);
            });
  }
}
