package io.holdfast.simulator;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.Manifest;
import io.holdfast.journal.StoredEntry;
import io.holdfast.journal.StoredRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Hands everything on; the base of those that do a little more. */
class JournalWrapper implements Journal {
  private final Journal real;

  JournalWrapper(Journal real) {
    this.real = real;
  }

  @Override
  public long generation() {
    return real.generation();
  }

  @Override
  public boolean shared() {
    return real.shared();
  }

  @Override
  public CompletableFuture<Appended> append(ChannelId channel, byte[] entry, String id) {
    return real.append(channel, entry, id);
  }

  @Override
  public CompletableFuture<List<StoredEntry>> read(
      ChannelId channel, long from, Direction direction, int limit, int maxBytes) {
    return real.read(channel, from, direction, limit, maxBytes);
  }

  @Override
  public Subscription follow(ChannelId channel, long after, Follower follower) {
    return real.follow(channel, after, follower);
  }

  @Override
  public CompletableFuture<Long> end(ChannelId channel) {
    return real.end(channel);
  }

  @Override
  public CompletableFuture<byte @Nullable []> get(ChannelId channel, byte kind, String key) {
    return real.get(channel, kind, key);
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
    return real.scan(channel, kind, from, until, direction, limit, maxBytes);
  }

  @Override
  public CompletableFuture<Void> put(ChannelId channel, List<StoredRecord> records) {
    return real.put(channel, records);
  }

  @Override
  public CompletableFuture<Manifest> manifest(ChannelId channel) {
    return real.manifest(channel);
  }

  @Override
  public CompletableFuture<Boolean> write(
      ChannelId channel, long expected, List<StoredRecord> records, byte[] manifest) {
    return real.write(channel, expected, records, manifest);
  }

  @Override
  public CompletableFuture<Void> trim(ChannelId channel, long through) {
    return real.trim(channel, through);
  }

  @Override
  public CompletableFuture<Boolean> delete(ChannelId channel, long through) {
    return real.delete(channel, through);
  }

  @Override
  public CompletableFuture<Long> deletedThrough() {
    return real.deletedThrough();
  }

  @Override
  public CompletableFuture<List<ChannelId>> channels(@Nullable ChannelId after, int limit) {
    return real.channels(after, limit);
  }

  @Override
  public void close() {
    real.close();
  }
}
