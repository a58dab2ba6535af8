package io.holdfast.journalrocksdb;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.Manifest;
import io.holdfast.journal.StoredEntry;
import io.holdfast.journal.StoredRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** The journal of a {@link RocksStore}. A repeated append id stores the entry again. */
public final class RocksJournal implements Journal {
  private final RocksStore store;
  private final Committer committer;
  private final Readers readers;
  private final Reads reads;
  private final Followings followings;
  private final FreeSpace space;
  private final LongSupplier clock;
  private final long generation;

  RocksJournal(
      RocksStore store,
      Committer committer,
      Readers readers,
      Reads reads,
      Followings followings,
      FreeSpace space,
      LongSupplier clock,
      long generation) {
    this.store = store;
    this.committer = committer;
    this.readers = readers;
    this.reads = reads;
    this.followings = followings;
    this.space = space;
    this.clock = clock;
    this.generation = generation;
  }

  @Override
  public long generation() {
    return generation;
  }

  @Override
  public CompletableFuture<Appended> append(ChannelId channel, byte[] entry, String id) {
    CompletableFuture<Appended> answer = new CompletableFuture<>();
    JournalException refusal = space.refusal();
    if (refusal != null) {
      answer.completeExceptionally(refusal);
      return answer;
    }
    return committer.take(
        answer,
        entry.length,
        batch -> {
          long position = batch.nextPosition();
          long time = clock.getAsLong();
          batch.entry(batch.allocated(channel), position, time, entry);
          return () ->
              followings.tell(
                  channel,
                  new StoredEntry(position, time, entry),
                  () -> answer.complete(new Appended(position, time)));
        });
  }

  @Override
  public CompletableFuture<List<StoredEntry>> read(
      ChannelId channel, long from, Direction direction, int limit, int maxBytes) {
    return readers.read(() -> reads.entries(channel, from, direction, limit, maxBytes));
  }

  @Override
  public Subscription follow(ChannelId channel, long after, Follower follower) {
    Following following = new Following(channel, after, follower, reads, readers, followings);
    followings.add(channel, following);
    following.start();
    return following;
  }

  @Override
  public CompletableFuture<Long> end(ChannelId channel) {
    return readers.read(() -> reads.end(channel));
  }

  @Override
  public CompletableFuture<byte @Nullable []> get(ChannelId channel, byte kind, String key) {
    return readers.<byte @Nullable []>read(() -> reads.record(channel, kind, key));
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
    return readers.read(
        () -> reads.records(channel, kind, from, until, direction, limit, maxBytes));
  }

  @Override
  public CompletableFuture<Void> put(ChannelId channel, List<StoredRecord> records) {
    List<StoredRecord> written = List.copyOf(records);
    CompletableFuture<Void> answer = new CompletableFuture<>();
    return room(
        answer,
        written,
        batch -> {
          put(batch, channel, written);
          return () -> answer.complete(null);
        });
  }

  /** What only deletes makes room, so it goes on however little there is. */
  private <T> CompletableFuture<T> room(
      CompletableFuture<T> answer, List<StoredRecord> records, Write write) {
    boolean stores = records.stream().anyMatch(record -> record.bytes() != null);
    JournalException refusal = stores ? space.recordRefusal() : null;
    if (refusal != null) {
      answer.completeExceptionally(refusal);
      return answer;
    }
    return committer.take(answer, records.stream().mapToLong(RocksJournal::size).sum(), write);
  }

  private static long size(StoredRecord record) {
    return 3L * record.key().length() + (record.bytes() == null ? 0 : record.bytes().length);
  }

  private static void put(Batch batch, ChannelId channel, List<StoredRecord> records)
      throws RocksDBException {
    boolean stores = records.stream().anyMatch(record -> record.bytes() != null);
    long number = stores ? batch.allocated(channel) : batch.number(channel);
    if (number == 0) {
      return;
    }
    for (StoredRecord record : records) {
      byte[] key = Keys.record(number, record.kind(), record.key());
      if (record.bytes() == null) {
        batch.delete(Family.RECORDS, key);
      } else {
        batch.put(Family.RECORDS, key, record.bytes());
      }
    }
  }

  @Override
  public CompletableFuture<Manifest> manifest(ChannelId channel) {
    return readers.read(() -> reads.manifest(channel));
  }

  @Override
  public CompletableFuture<Boolean> write(
      ChannelId channel, long expected, List<StoredRecord> records, byte[] manifest) {
    List<StoredRecord> written = List.copyOf(records);
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    return room(
        answer,
        written,
        batch -> {
          long number = batch.number(channel);
          long version = number == 0 ? 0 : batch.manifestVersion(number);
          if (version == expected) {
            put(batch, channel, written);
            batch.manifest(batch.allocated(channel), Manifest.after(expected), manifest);
          }
          return () -> answer.complete(version == expected);
        });
  }

  @Override
  public CompletableFuture<Void> trim(ChannelId channel, long through) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    return committer.take(
        answer,
        0,
        batch -> {
          long number = batch.number(channel);
          if (number != 0 && through > 0) {
            batch.trim(number, through);
          }
          return () -> answer.complete(null);
        });
  }

  @Override
  public CompletableFuture<Boolean> delete(ChannelId channel, long through) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    return committer.take(
        answer,
        0,
        batch -> {
          long number = batch.number(channel);
          if (number == 0 || batch.end(number) > through) {
            return () -> answer.complete(number == 0);
          }
          long position = batch.deleteChannel(channel, number);
          return () -> followings.deleted(channel, position, () -> answer.complete(true));
        });
  }

  @Override
  public CompletableFuture<Long> deletedThrough() {
    return readers.read(reads::deletedThrough);
  }

  @Override
  public CompletableFuture<List<ChannelId>> channels(@Nullable ChannelId after, int limit) {
    return readers.read(() -> reads.channels(after, limit));
  }

  /** Closes the whole store. */
  @Override
  public void close() {
    store.close();
  }
}
