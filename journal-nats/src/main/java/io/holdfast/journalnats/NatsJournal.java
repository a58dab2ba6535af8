package io.holdfast.journalnats;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.Manifest;
import io.holdfast.journal.StoredEntry;
import io.holdfast.journal.StoredRecord;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonValueUtils;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The journal of a {@link NatsStore}. A position is a sequence of the stream; a repeated append id
 * stores the entry again: what is sent again is sent under a name of this node's own, which is
 * shorter and certainly nobody else's.
 */
final class NatsJournal implements Journal {
  private final NatsStore store;
  private final Parts parts;
  private final long generation;

  /** What the journal works with, all of the engine's thread. */
  record Parts(
      NatsOptions options,
      Subjects subjects,
      EngineThread engine,
      Admission admission,
      Api api,
      Publisher publisher,
      Turns turns,
      Log log,
      Tails tails,
      Heads heads,
      Pieces pieces,
      Records records,
      Deletions deletions,
      Listing listing,
      Ids ids) {}

  NatsJournal(NatsStore store, Parts parts, long generation) {
    this.store = store;
    this.parts = parts;
    this.generation = generation;
  }

  @Override
  public long generation() {
    return generation;
  }

  @Override
  public boolean shared() {
    return true;
  }

  Parts parts() {
    return parts;
  }

  /** Keeps what is written from being sent: a switch for tests. */
  void hold(boolean hold) {
    parts.engine.run(() -> parts.publisher.hold(hold));
  }

  CompletableFuture<@Nullable String> leader() {
    return parts
        .api
        .call("STREAM.INFO." + parts.subjects.stream(), "")
        .<@Nullable String>thenApply(
            answer ->
                JsonValueUtils.readString(
                    JsonValueUtils.readObject(Api.checked(answer), "cluster"), "leader"));
  }

  @Override
  public CompletableFuture<Appended> append(ChannelId channel, byte[] entry, String id) {
    return parts.admission.take(
        entry.length,
        () -> {
          Subjects.OfChannel of = parts.subjects.of(channel);
          Headers headers = Marks.named(parts.ids.next(), parts.options);
          Marks.name(headers, of);
          return parts
              .turns
              .take(
                  channel,
                  Turns.Row.ENTRIES,
                  () -> parts.publisher.publish(of.entries(), headers, entry))
              .thenCompose(outcome -> told(of, Pieces.sequence(outcome)));
        });
  }

  /** Done when the channel's followers were told. */
  private CompletableFuture<Appended> told(Subjects.OfChannel channel, long position) {
    Tail tail = parts.tails.of(channel.id());
    if (tail == null) {
      return timed(position);
    }
    CompletableFuture<Appended> answer = new CompletableFuture<>();
    parts.tails.whenTold(
        tail,
        position,
        () -> {
          Long time = tail.time(position);
          if (time != null) {
            answer.complete(new Appended(position, time));
          } else {
            Turns.pass(timed(position), answer);
          }
        });
    return answer;
  }

  /** The servers say where an entry is, and when only if it is read. */
  private CompletableFuture<Appended> timed(long position) {
    return parts
        .api
        .any(parts.subjects.stream(), position)
        .thenApply(
            stored -> {
              if (stored == null) {
                throw new JournalException(
                    Reason.UNKNOWN, "The entry was stored and deleted at once by somebody else");
              }
              return new Appended(position, stored.time());
            });
  }

  @Override
  public CompletableFuture<List<StoredEntry>> read(
      ChannelId channel, long from, Direction direction, int limit, int maxBytes) {
    return parts.admission.take(
        0, () -> parts.log.read(parts.subjects.of(channel), from, direction, limit, maxBytes));
  }

  @Override
  public Subscription follow(ChannelId channel, long after, Follower follower) {
    Following following = new Following(after, follower, parts.log, parts.deletions, parts.engine);
    if (parts.admission.isClosed()) {
      following.lose(Admission.closed());
      return following;
    }
    parts.engine.run(
        () -> {
          if (parts.admission.isClosed()) {
            following.lose(Admission.closed());
          } else {
            following.start(parts.tails.open(channel));
          }
        });
    return following;
  }

  @Override
  public CompletableFuture<Long> end(ChannelId channel) {
    return parts.admission.take(
        0,
        () ->
            parts
                .log
                .last(parts.subjects.of(channel))
                .thenApply(
                    last -> {
                      long end = last == null ? 0 : last.sequence();
                      parts.tails.expect(channel, end);
                      return end;
                    }));
  }

  @Override
  public CompletableFuture<byte @Nullable []> get(ChannelId channel, byte kind, String key) {
    return parts.admission.<byte @Nullable []>take(
        0, () -> parts.records.get(parts.subjects.of(channel), kind, key));
  }

  @Override
  public CompletableFuture<List<StoredRecord>> scan(
      ChannelId channel,
      byte kind,
      @Nullable String from,
      @Nullable String until,
      Direction direction,
      int limit,
      int maxBytes) {
    return parts.admission.take(
        0,
        () ->
            parts.records.scan(
                parts.subjects.of(channel), kind, from, until, direction, limit, maxBytes));
  }

  @Override
  public CompletableFuture<Void> put(ChannelId channel, List<StoredRecord> records) {
    List<StoredRecord> written = List.copyOf(records);
    long bytes = written.stream().mapToLong(NatsJournal::size).sum();
    return parts.admission.take(
        bytes,
        () ->
            parts.turns.take(
                channel,
                Turns.Row.RECORDS,
                () -> parts.records.put(parts.subjects.of(channel), written)));
  }

  private static long size(StoredRecord record) {
    return 3L * record.key().length() + (record.bytes() == null ? 0 : record.bytes().length);
  }

  @Override
  public CompletableFuture<Manifest> manifest(ChannelId channel) {
    return parts.admission.take(0, () -> parts.records.manifest(parts.subjects.of(channel)));
  }

  @Override
  public CompletableFuture<Boolean> write(
      ChannelId channel, long expected, List<StoredRecord> records, byte[] manifest) {
    List<StoredRecord> written = List.copyOf(records);
    long bytes = written.stream().mapToLong(NatsJournal::size).sum() + manifest.length;
    return parts.admission.take(
        bytes,
        () ->
            parts.turns.take(
                channel,
                Turns.Row.RECORDS,
                () ->
                    parts.records.write(parts.subjects.of(channel), expected, written, manifest)));
  }

  @Override
  public CompletableFuture<Void> trim(ChannelId channel, long through) {
    return parts.admission.take(
        0,
        () ->
            parts.turns.take(
                channel, Turns.Row.ENTRIES, () -> trim(parts.subjects.of(channel), through)));
  }

  private CompletableFuture<Void> trim(Subjects.OfChannel channel, long through) {
    return parts
        .log
        .last(channel)
        .thenCompose(
            last ->
                last == null || last.isDeletion() || through <= 0
                    ? CompletableFuture.<Void>completedFuture(null)
                    : purge(channel, Math.min(through, last.sequence())));
  }

  private CompletableFuture<Void> purge(Subjects.OfChannel channel, long through) {
    String body = "{\"filter\":\"%s\",\"seq\":%d}".formatted(channel.entries(), through + 1);
    return parts
        .api
        .call("STREAM.PURGE." + parts.subjects.stream(), body)
        .thenAccept(
            answer -> {
              Api.checked(answer);
              parts.log.trimmed(channel.id(), through);
            });
  }

  @Override
  public CompletableFuture<Boolean> delete(ChannelId channel, long through) {
    Subjects.OfChannel of = parts.subjects.of(channel);
    return parts.admission.take(
        0,
        () ->
            parts
                .turns
                .takeBoth(channel, () -> parts.deletions.delete(of, through))
                .thenCompose(
                    deletion ->
                        deletion.position() > 0
                            ? toldOf(channel, deletion.position())
                            : CompletableFuture.completedFuture(deletion.gone())));
  }

  /** Done when the channel's followers were told of its deletion. */
  private CompletableFuture<Boolean> toldOf(ChannelId channel, long position) {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    Tail tail = parts.tails.of(channel);
    if (tail == null) {
      told.complete(true);
    } else {
      parts.tails.whenTold(tail, position, () -> told.complete(true));
    }
    return told;
  }

  @Override
  public CompletableFuture<Long> deletedThrough() {
    return parts.admission.take(0, parts.deletions::last);
  }

  @Override
  public CompletableFuture<List<ChannelId>> channels(@Nullable ChannelId after, int limit) {
    return parts.admission.take(0, () -> parts.listing.page(after, limit));
  }

  /** Closes the whole store. */
  @Override
  public void close() {
    store.close();
  }
}
