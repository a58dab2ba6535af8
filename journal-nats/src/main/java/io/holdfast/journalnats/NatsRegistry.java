package io.holdfast.journalnats;

import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.Registry;
import io.nats.client.impl.Headers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The registry of a {@link NatsStore}. Reads are of this node's copy, which may be a moment behind
 * what another node wrote, never behind its own writes; writes are judged by the servers. Of writes
 * of one record that come close together watchers may be told the last alone.
 */
final class NatsRegistry implements Registry {
  private static final long PATIENCE_MS = 30_000;
  private static final long PAUSE_MS = 5;

  /** How long it is remembered that a record was deleted. */
  private static final String DELETED_KEPT = "3600s";

  private final Subjects subjects;
  private final Admission admission;
  private final EngineThread engine;
  private final Api api;
  private final Publisher publisher;
  private final Ids ids;
  private final Mirror mirror;
  private final Feed feed;

  NatsRegistry(
      Subjects subjects,
      Admission admission,
      EngineThread engine,
      Api api,
      Publisher publisher,
      Ids ids) {
    this.subjects = subjects;
    this.admission = admission;
    this.engine = engine;
    this.api = api;
    this.publisher = publisher;
    this.ids = ids;
    mirror = new Mirror();
    feed = new Feed(subjects, api, engine, mirror);
  }

  Feed feed() {
    return feed;
  }

  @Override
  public CompletableFuture<@Nullable Item> get(String app, String kind, String key) {
    return admission.<@Nullable Item>take(
        0,
        () -> {
          Mirror.Known known = mirror.get(new Mirror.Name(app, kind, key));
          return CompletableFuture.<@Nullable Item>completedFuture(
              known == null ? null : known.item());
        });
  }

  @Override
  public CompletableFuture<List<Item>> scan(String app, String kind, String prefix, int limit) {
    return admission.take(
        0,
        () ->
            CompletableFuture.completedFuture(
                mirror.scan(new Mirror.Name(app, kind, prefix), limit)));
  }

  @Override
  public CompletableFuture<Boolean> compareAndSet(
      String app, String kind, String key, long expected, byte @Nullable [] bytes) {
    Mirror.Name name = new Mirror.Name(app, kind, key);
    return admission.take(
        bytes == null ? 0 : bytes.length,
        () -> {
          if (bytes != null && expected == 0 && mirror.full()) {
            return CompletableFuture.failedFuture(
                new JournalException(
                    Reason.NO_SPACE, "The registry holds as much as it may; delete some of it"));
          }
          Mirror.Known known = mirror.get(name);
          Write write =
              new Write(
                  name,
                  subjects.item(app, kind, key),
                  expected,
                  bytes,
                  ids.next(),
                  engine.now() + PATIENCE_MS);
          return known != null && known.version() == expected
              ? write(write, known, 0)
              : look(write, 0, false);
        });
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Write(
      Mirror.Name name,
      String subject,
      long expected,
      byte @Nullable [] bytes,
      String id,
      long deadline) {
    Mirror.Known result() {
      return bytes == null
          ? Mirror.Known.none(name)
          : new Mirror.Known(name, expected + 1, 0, bytes);
    }
  }

  /**
   * Judges by what the leader has.
   *
   * @param unsure whether an attempt may have been stored though it was not said
   */
  private CompletableFuture<Boolean> look(Write write, int attempts, boolean unsure) {
    return api.last(subjects.registryStream(), write.subject)
        .thenCompose(
            stored -> {
              Mirror.Known known =
                  stored == null ? Mirror.Known.none(write.name) : Mirror.Known.of(stored);
              String id = stored == null ? null : stored.header(Marks.ID);
              if (id != null && id.startsWith(write.id + ".")) {
                return applied(known.sequence(), true);
              }
              if (known.version() != write.expected) {
                return unsure && known.version() != write.expected + 1
                    ? CompletableFuture.failedFuture(
                        new JournalException(
                            Reason.UNKNOWN, "It is not known whether the record was written"))
                    : applied(known.sequence(), false);
              }
              if (write.expected == 0 && write.bytes == null) {
                return applied(known.sequence(), true);
              }
              return write(write, known, attempts);
            });
  }

  private CompletableFuture<Boolean> write(Write write, Mirror.Known over, int attempts) {
    Headers headers =
        new Headers()
            .put(Marks.ID, write.id + "." + attempts)
            .put(Marks.EXPECTED, Long.toString(over.sequence()));
    if (write.bytes == null) {
      headers.put(Marks.TTL, DELETED_KEPT);
    }
    return publisher
        .publish(write.subject, headers, write.result().encode())
        .thenCompose(
            outcome ->
                switch (outcome) {
                  case Publisher.Outcome.At(long sequence) -> applied(sequence, true);
                  case Publisher.Outcome.Overtaken(boolean unsure) ->
                      engine.now() < write.deadline
                          ? paused().thenCompose(_ -> look(write, attempts + 1, unsure))
                          : CompletableFuture.failedFuture(
                              new JournalException(
                                  Reason.BUSY, "Others write the same record; try again"));
                });
  }

  private CompletableFuture<Void> paused() {
    CompletableFuture<Void> paused = new CompletableFuture<>();
    engine.after(PAUSE_MS, () -> paused.complete(null));
    return paused;
  }

  /** Answers once this node knows, and its watchers, what the answer says. */
  private CompletableFuture<Boolean> applied(long sequence, boolean done) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    if (mirror.applied() < sequence) {
      feed.expect(sequence);
    }
    mirror.whenApplied(sequence, () -> answer.complete(done));
    return answer;
  }

  @Override
  public CompletableFuture<Void> catchUp() {
    return admission.take(0, feed::catchUp);
  }

  @Override
  public Journal.Subscription follow(Watcher watcher) {
    mirror.watch(watcher);
    return () -> mirror.unwatch(watcher);
  }
}
