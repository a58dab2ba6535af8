package io.holdfast.journalnats;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.nats.client.impl.Headers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Reads and changes heads. A head is asked of the leader each time; a change is written over the
 * head it was made from, or made again from the one that came between. Of the engine's thread.
 */
final class Heads {
  private static final int KEPT = 1_024;
  private static final long PATIENCE_MS = 30_000;
  private static final int PAUSE_MS_MAX = 20;

  /** The shortest time that there is; an empty head is as good as none. */
  private static final String SOON = "1s";

  private final String stream;
  private final Api api;
  private final Publisher publisher;
  private final Pieces pieces;
  private final EngineThread engine;
  private final Ids ids;
  private final NatsOptions options;
  private final RandomGenerator random;
  private final Map<ChannelId, At> decoded = new LinkedHashMap<>(16, 0.75f, true);

  /** Pieces that are deleted and yet named as garbage. */
  private final Map<ChannelId, List<Long>> deleted = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * A head.
   *
   * @param sequence 0 when there is none
   */
  record At(long sequence, Head head) {}

  /** A change of a head. */
  interface Change {
    /**
     * Makes the next head.
     *
     * @param written is told the pieces that were stored for it
     * @return null for a head that is not to be changed
     */
    CompletableFuture<@Nullable Head> of(Head head, List<Long> written);
  }

  Heads(
      String stream,
      Api api,
      Publisher publisher,
      Pieces pieces,
      EngineThread engine,
      Ids ids,
      NatsOptions options,
      RandomGenerator random) {
    this.stream = stream;
    this.api = api;
    this.publisher = publisher;
    this.pieces = pieces;
    this.engine = engine;
    this.ids = ids;
    this.options = options;
    this.random = random;
  }

  CompletableFuture<At> load(Subjects.OfChannel channel) {
    return load(channel, engine.now() + PATIENCE_MS);
  }

  private CompletableFuture<At> load(Subjects.OfChannel channel, long deadline) {
    return api.last(stream, channel.head())
        .thenCompose(
            stored -> {
              At known = decoded.get(channel.id());
              if (stored == null) {
                return CompletableFuture.completedFuture(new At(0, Head.none(channel.id())));
              }
              if (known != null && known.sequence == stored.sequence()) {
                return CompletableFuture.completedFuture(known);
              }
              if (known != null && known.sequence > stored.sequence()) {
                // a leader that has lost its place and does not know it
                return engine.now() < deadline
                    ? paused().thenCompose(_ -> load(channel, deadline))
                    : CompletableFuture.failedFuture(outOfTime());
              }
              At at = new At(stored.sequence(), Head.decode(stored.data()));
              keep(channel.id(), at);
              return CompletableFuture.completedFuture(at);
            });
  }

  private void keep(ChannelId channel, At at) {
    decoded.put(channel, at);
    if (decoded.size() > KEPT) {
      decoded.remove(decoded.keySet().iterator().next());
    }
  }

  /** Changes a head; tells whether it did. */
  CompletableFuture<Boolean> change(Subjects.OfChannel channel, Change change) {
    return attempt(
        new Changing(channel, change, ids.next(), engine.now() + PATIENCE_MS, new ArrayList<>()),
        0);
  }

  private record Changing(
      Subjects.OfChannel channel, Change change, String id, long deadline, List<Long> written) {}

  private CompletableFuture<Boolean> attempt(Changing changing, int count) {
    return load(changing.channel)
        .thenCompose(
            at -> {
              if (at.head.wrote(changing.id)) {
                clean(changing, at.head);
                return CompletableFuture.completedFuture(true);
              }
              List<Long> written = new ArrayList<>();
              return changing
                  .change
                  .of(at.head, written)
                  .thenCompose(
                      next -> {
                        changing.written.addAll(written);
                        if (next == null) {
                          return CompletableFuture.completedFuture(false);
                        }
                        return write(changing, at, next, count);
                      });
            })
        .exceptionallyCompose(
            failure ->
                Pieces.isGone(failure) && engine.now() < changing.deadline
                    ? paused().thenCompose(_ -> attempt(changing, count + 1))
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Boolean> write(Changing changing, At at, Head next, int count) {
    List<Long> gone = deleted.getOrDefault(changing.channel.id(), List.of());
    Head head = next.without(gone).by(changing.id);
    Headers headers = Marks.named(changing.id + "." + count, options);
    headers.put(Marks.EXPECTED, Long.toString(at.sequence));
    headers.put(Marks.ROLLUP, "sub");
    Marks.name(headers, changing.channel);
    if (head.isEmpty() && head.since() > 0) {
      headers.put(Marks.TTL, Marks.REMEMBERED).put(Marks.DELETED, Long.toString(head.since()));
    } else if (head.isEmpty()) {
      headers.put(Marks.TTL, SOON);
    }
    return publisher
        .publish(changing.channel.head(), headers, head.encode())
        .thenCompose(
            outcome ->
                switch (outcome) {
                  case Publisher.Outcome.At(long sequence) -> {
                    keep(changing.channel.id(), new At(sequence, head));
                    clean(changing, head);
                    yield CompletableFuture.completedFuture(true);
                  }
                  case Publisher.Outcome.Overtaken _ when engine.now() < changing.deadline ->
                      paused().thenCompose(_ -> attempt(changing, count + 1));
                  case Publisher.Outcome.Overtaken _ -> CompletableFuture.failedFuture(outOfTime());
                });
  }

  private static JournalException outOfTime() {
    return new JournalException(
        Reason.UNKNOWN, "Others wrote the same records all the time; try again");
  }

  private CompletableFuture<Void> paused() {
    CompletableFuture<Void> paused = new CompletableFuture<>();
    engine.after(1 + random.nextInt(PAUSE_MS_MAX), () -> paused.complete(null));
    return paused;
  }

  /** Deletes what the head names as garbage, and what was stored in vain for it. */
  private void clean(Changing changing, Head head) {
    List<Long> garbage = new ArrayList<>(head.garbage());
    List<Long> named = head.pieces().flatMap(piece -> piece.sequences().stream()).toList();
    changing.written.stream().filter(piece -> !named.contains(piece)).forEach(garbage::add);
    if (garbage.isEmpty()) {
      return;
    }
    var _ =
        pieces
            .delete(garbage.stream().distinct().toList())
            .thenAccept(
                gone -> {
                  deleted.put(changing.channel.id(), gone);
                  if (deleted.size() > KEPT) {
                    deleted.remove(deleted.keySet().iterator().next());
                  }
                });
  }
}
