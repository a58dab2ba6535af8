package io.holdfast.journal;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node asks of a {@link MemoryCluster}: sent until it is answered, and carried out once,
 * however often it comes. Guarded by the cluster.
 */
final class Call<T extends @Nullable Object> {
  /** Of one row one call is under way at a time: entries and records do not wait for each other. */
  record Row(ChannelId channel, boolean entries) {}

  private final List<Row> rows;
  private final byte @Nullable [] entry;
  private final Supplier<T> work;
  private final CompletableFuture<T> answer = new CompletableFuture<>();

  /** When it was sent first and last, ms; 0 for not yet. */
  private long firstSentAt;

  private long sentAt;

  private @Nullable Done<T> done;

  /** What was made of it. */
  record Done<T extends @Nullable Object>(T result) {}

  /**
   * A call.
   *
   * @param rows where it waits for its turn; none for what changes nothing
   * @param entry what it appends; null if it is something else
   */
  Call(List<Row> rows, byte @Nullable [] entry, Supplier<T> work) {
    this.rows = rows;
    this.entry = entry;
    this.work = work;
  }

  boolean writes() {
    return !rows.isEmpty();
  }

  List<Row> rows() {
    return rows;
  }

  /** Whether it is an append that was carried out, and what it appends is such. */
  boolean appended(Predicate<byte[]> such) {
    return done != null && entry != null && such.test(entry);
  }

  CompletableFuture<T> answer() {
    return answer;
  }

  boolean wasSent() {
    return sentAt != 0;
  }

  void sent(long now) {
    firstSentAt = firstSentAt == 0 ? now : firstSentAt;
    sentAt = now;
  }

  /** Whether it is to be sent again. */
  boolean unansweredFor(long timeout, long now) {
    return wasSent() && now - sentAt >= timeout;
  }

  /** Whether there is no use in that. */
  boolean hopelessAfter(long patience, long now) {
    return wasSent() && now - firstSentAt > patience;
  }

  /**
   * Carries it out if it was not, or it changes nothing.
   *
   * @param again whether it is even if it was
   */
  T carryOut(boolean again) {
    Done<T> before = done;
    if (before != null && writes() && !again) {
      return before.result();
    }
    Done<T> now = new Done<>(work.get());
    done = now;
    return now.result();
  }
}
