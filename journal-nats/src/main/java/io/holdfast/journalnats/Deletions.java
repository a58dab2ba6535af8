package io.holdfast.journalnats;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.nats.client.impl.Headers;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Deletes channels. What decides is one message that takes the place of all entries, over the
 * newest one that was known: whoever follows hears of it in its place, and what was stored
 * meanwhile is not lost. Then the head is replaced by one that refuses what was made from the one
 * before. Both are kept for longer than a node may go without looking. Whoever hears of a deletion
 * sees it through, since who began it may be gone. Of the engine's thread.
 */
final class Deletions {
  /** Longer than what it points at. */
  private static final String LISTED = "660s";

  private final Subjects subjects;
  private final Api api;
  private final EngineThread engine;
  private final Publisher publisher;
  private final Log log;
  private final Heads heads;
  private final Ids ids;
  private final NatsOptions options;

  /**
   * What came of it.
   *
   * @param gone whether nothing of the channel is there
   * @param position the deletion's, 0 when there was nothing to delete
   */
  record Deletion(boolean gone, long position) {}

  private record Deleting(Subjects.OfChannel channel, long through, String id, long deadline) {}

  Deletions(
      Subjects subjects,
      Api api,
      EngineThread engine,
      Publisher publisher,
      Log log,
      Heads heads,
      Ids ids,
      NatsOptions options) {
    this.subjects = subjects;
    this.api = api;
    this.engine = engine;
    this.publisher = publisher;
    this.log = log;
    this.heads = heads;
    this.ids = ids;
    this.options = options;
  }

  /** Deletes a channel unless it has an entry after {@code through}. */
  CompletableFuture<Deletion> delete(Subjects.OfChannel channel, long through) {
    long deadline = engine.now() + Publisher.PATIENCE_MS;
    return attempt(new Deleting(channel, through, ids.next(), deadline), 0);
  }

  private CompletableFuture<Deletion> attempt(Deleting deleting, int count) {
    return log.last(deleting.channel)
        .thenCompose(
            last -> {
              if (last != null && isOurs(last, deleting)) {
                return done(deleting, last.sequence());
              }
              if (last != null && !last.isDeletion() && last.sequence() > deleting.through) {
                return CompletableFuture.completedFuture(new Deletion(false, 0));
              }
              boolean none = last == null || last.isDeletion();
              return heads
                  .load(deleting.channel)
                  .thenCompose(
                      at ->
                          none && at.head().isEmpty()
                              ? CompletableFuture.completedFuture(new Deletion(true, 0))
                              : over(deleting, last, count));
            });
  }

  private static boolean isOurs(Stored last, Deleting deleting) {
    String id = last.header(Marks.ID);
    return last.isDeletion() && id != null && id.startsWith(deleting.id + ".");
  }

  /**
   * The deletion of any channel takes its place first, so that a crash leaves nothing that has
   * none.
   */
  private CompletableFuture<Deletion> over(Deleting deleting, @Nullable Stored last, int count) {
    return CompletableFuture.allOf(markLast(), list(deleting.channel))
        .thenCompose(
            _ ->
                publisher.publish(
                    deleting.channel.entries(), headers(deleting, last, count), new byte[0]))
        .thenCompose(
            outcome ->
                switch (outcome) {
                  case Publisher.Outcome.At(long sequence) -> done(deleting, sequence);
                  case Publisher.Outcome.Overtaken _ when engine.now() < deleting.deadline ->
                      attempt(deleting, count + 1);
                  case Publisher.Outcome.Overtaken _ ->
                      CompletableFuture.failedFuture(
                          new JournalException(
                              Reason.UNKNOWN, "The channel is written to all the time; try again"));
                });
  }

  private Headers headers(Deleting deleting, @Nullable Stored last, int count) {
    Headers headers = Marks.named(deleting.id + "." + count, options);
    headers.put(Marks.EXPECTED, Long.toString(last == null ? 0 : last.sequence()));
    headers.put(Marks.ROLLUP, "sub");
    headers.put(Marks.TTL, Marks.REMEMBERED);
    headers.put(Marks.DELETED, "1");
    Marks.name(headers, deleting.channel);
    return headers;
  }

  private CompletableFuture<Deletion> done(Deleting deleting, long position) {
    return seeThrough(deleting.channel, position).thenApply(_ -> new Deletion(true, position));
  }

  /**
   * Does the rest of a deletion that stands among the entries. Whoever hears of one that is no
   * longer remembered, having stood still since, changes nothing: the head may be that of a channel
   * that was made anew and has forgotten it too.
   */
  CompletableFuture<Void> seeThrough(Subjects.OfChannel channel, long position) {
    log.trimmed(channel.id(), position - 1);
    return heads
        .change(
            channel,
            (head, _) ->
                head.since() >= position
                    ? CompletableFuture.<@Nullable Head>completedFuture(null)
                    : remembered(position)
                        .<@Nullable Head>thenApply(yes -> yes ? head.deleted(position) : null))
        .thenApply(_ -> null);
  }

  /**
   * Whether a deletion is still among the entries. It is asked after the head was read, and the
   * head's mark is kept for longer: one that was seen through had the mark when it was read.
   */
  private CompletableFuture<Boolean> remembered(long position) {
    return api.at(subjects.stream(), position)
        .thenApply(stored -> stored != null && stored.isDeletion());
  }

  private CompletableFuture<?> markLast() {
    Headers headers = new Headers().put(Marks.ID, ids.next()).put(Marks.ROLLUP, "sub");
    return publisher.publish(subjects.deleted(), headers, new byte[0]).thenApply(Pieces::sequence);
  }

  private CompletableFuture<?> list(Subjects.OfChannel channel) {
    Headers headers = new Headers().put(Marks.ID, ids.next()).put(Marks.ROLLUP, "sub");
    headers.put(Marks.TTL, LISTED);
    return publisher.publish(channel.gone(), headers, new byte[0]).thenApply(Pieces::sequence);
  }

  /** The position of the last deletion of any channel. */
  CompletableFuture<Long> last() {
    return api.last(subjects.stream(), subjects.deleted())
        .thenApply(last -> last == null ? 0L : last.sequence());
  }
}
