package io.holdfast.simulator;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.Manifest;
import io.holdfast.journal.StoredEntry;
import io.holdfast.journal.StoredRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An engine that now and then cannot read or takes no more, and remembers what it did not take. */
final class FaultyJournal extends JournalWrapper {
  /** How many records are looked at for old ones; nothing else reads so many. */
  private static final int EXPIRY_PAGE = 200;

  private final Unstored unstored;
  private int failingReads;
  private Reason reason = Reason.BUSY;
  private int busyAppends;

  FaultyJournal(Journal real, Unstored unstored) {
    super(real);
    this.unstored = unstored;
  }

  /** Has the next reads fail. */
  void failReads(int reads, Reason why) {
    failingReads = reads;
    reason = why;
  }

  void mend() {
    failingReads = 0;
    busyAppends = 0;
  }

  /** Refuses the next appends. */
  void refuseAppends(int appends) {
    busyAppends = appends;
  }

  private <T extends @Nullable Object> CompletableFuture<T> reading(CompletableFuture<T> real) {
    if (failingReads == 0) {
      return real;
    }
    failingReads--;
    Reason why = reason;
    return real.thenCompose(
        value -> CompletableFuture.failedFuture(new JournalException(why, "cannot read now")));
  }

  @Override
  public CompletableFuture<Appended> append(ChannelId channel, byte[] entry, String id) {
    CompletableFuture<Appended> answer;
    if (busyAppends > 0) {
      busyAppends--;
      answer = CompletableFuture.failedFuture(new JournalException(Reason.BUSY, "too much waits"));
    } else {
      answer = super.append(channel, entry, id);
    }
    if (answer.isCompletedExceptionally()) {
      unstored.add(entry);
    }
    return answer;
  }

  @Override
  public CompletableFuture<List<StoredEntry>> read(
      ChannelId channel, long from, Direction direction, int limit, int maxBytes) {
    return reading(super.read(channel, from, direction, limit, maxBytes));
  }

  @Override
  public CompletableFuture<Long> end(ChannelId channel) {
    return reading(super.end(channel));
  }

  @Override
  public CompletableFuture<byte @Nullable []> get(ChannelId channel, byte kind, String key) {
    return this.<byte @Nullable []>reading(super.get(channel, kind, key));
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
    // nothing but a whole channel is found too old
    boolean looksForOld = from == null && until == null && limit == EXPIRY_PAGE;
    return looksForOld
        ? CompletableFuture.completedFuture(List.of())
        : reading(super.scan(channel, kind, from, until, direction, limit, maxBytes));
  }

  @Override
  public CompletableFuture<Manifest> manifest(ChannelId channel) {
    return reading(super.manifest(channel));
  }
}
