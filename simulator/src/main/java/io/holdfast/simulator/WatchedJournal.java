package io.holdfast.simulator;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.Manifest;
import io.holdfast.journal.StoredEntry;
import io.holdfast.journal.StoredRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Counts what the node does with its journal, and sees that the truth is never behind it. */
final class WatchedJournal extends JournalWrapper {
  /** What a replay reads at once; nothing else reads so many. */
  private static final int REPLAY_PAGE = 500;

  private final Truth truth;
  private final Counts counts;

  WatchedJournal(Journal real, Truth truth, Counts counts) {
    super(real);
    this.truth = truth;
    this.counts = counts;
  }

  @Override
  public Subscription follow(ChannelId channel, long after, Follower follower) {
    TrueChannel known = truth.channel(channel.name());
    Follower second =
        new Follower() {
          @Override
          public void entry(StoredEntry entry) {
            // a follower that begins is told at once what others are about to be told
            known.entry(entry);
            follower.entry(entry);
          }

          @Override
          public void deleted(long position) {
            follower.deleted(position);
          }

          @Override
          public void lost(JournalException why) {
            follower.lost(why);
          }
        };
    return super.follow(channel, after, second);
  }

  @Override
  public CompletableFuture<List<StoredEntry>> read(
      ChannelId channel, long from, Direction direction, int limit, int maxBytes) {
    if (limit == REPLAY_PAGE) {
      counts.add(Happening.REPLAYED_FROM_LOG);
    }
    return super.read(channel, from, direction, limit, maxBytes);
  }

  @Override
  public CompletableFuture<Manifest> manifest(ChannelId channel) {
    return super.manifest(channel)
        .thenApply(
            manifest -> {
              if (manifest.version() > 0) {
                counts.add(Happening.CHANNEL_OPENED_FROM_MANIFEST);
              }
              return manifest;
            });
  }

  @Override
  public CompletableFuture<Boolean> write(
      ChannelId channel, long expected, List<StoredRecord> records, byte[] manifest) {
    counts.add(Happening.CHECKPOINT);
    return super.write(channel, expected, records, manifest);
  }

  @Override
  public CompletableFuture<Boolean> delete(ChannelId channel, long through) {
    if (shared()) {
      // who stores it tells of it
      return super.delete(channel, through);
    }
    return super.delete(channel, through)
        .thenApply(
            gone -> {
              if (gone) {
                counts.add(Happening.DELETED_CHANNEL);
                truth.channel(channel.name()).delete();
              }
              return gone;
            });
  }

  @Override
  public CompletableFuture<Void> trim(ChannelId channel, long through) {
    counts.add(Happening.TRIM);
    return super.trim(channel, through);
  }
}
