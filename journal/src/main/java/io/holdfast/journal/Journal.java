package io.holdfast.journal;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The port to the engine: an ordered durable log per channel, the records folded from it and a
 * manifest that names how far.
 *
 * <p>Futures complete on threads of the engine's, which must not be held up: callers hand the
 * result to their own. They fail with {@link JournalException}. A write is durable when its future
 * completes; until then it is seen by no read and no follower. Calls never block.
 */
public interface Journal extends AutoCloseable {

  /** When this log was created, ms since the epoch. A wiped or restored log has a later one. */
  long generation();

  /**
   * Whether others may write to it at the same time. What {@link #follow} tells may then be behind
   * what {@link #end} says, and records may be ahead of what it has told.
   */
  default boolean shared() {
    return false;
  }

  /**
   * Appends an entry. Entries of one channel are stored in the order of the calls.
   *
   * @param id names this append, differently from all others of the channel; a repeated id may
   *     return the first one's position or store the entry again
   * @return the stored position and time; completes after the entry's followers were told
   */
  CompletableFuture<Appended> append(ChannelId channel, byte[] entry, String id);

  /** Where and when an entry was stored. */
  record Appended(long position, long time) {}

  /**
   * Reads entries.
   *
   * @param from exclusive: forwards those with a greater position, backwards with a smaller one
   * @param limit how many at the most
   * @param maxBytes stop once this many bytes are read; at least one entry is returned if there is
   */
  CompletableFuture<List<StoredEntry>> read(
      ChannelId channel, long from, Direction direction, int limit, int maxBytes);

  /**
   * Follows a channel: every entry after {@code after}, stored already or later, in order and once.
   * The listener is called on a thread of the engine's and must only hand over. A deletion is told
   * in its place to whoever follows when it happens; an engine that others write to remembers it
   * longer than anybody may go without looking, and tells it also to who begins before it.
   */
  Subscription follow(ChannelId channel, long after, Follower follower);

  /** Hears of entries. */
  interface Follower {
    void entry(StoredEntry entry);

    /**
     * The channel was deleted. What was told before is gone, with its records and its manifest;
     * what comes from here on is of a channel that begins anew.
     *
     * @param position the deletion's own: that of what comes is greater
     */
    void deleted(long position);

    /** The engine can no longer tell; nothing more will come. */
    void lost(JournalException why);
  }

  /** Ends a {@link #follow}. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * The position of a channel's newest entry, 0 when it has none; that of its deletion, where that
   * is remembered, until there is one again.
   */
  CompletableFuture<Long> end(ChannelId channel);

  /** One record's bytes, or null. */
  CompletableFuture<byte @Nullable []> get(ChannelId channel, byte kind, String key);

  /**
   * Records of one kind in the order of their keys.
   *
   * @param from forwards the first key wanted, backwards the last, both inclusive; null for the end
   *     of the family
   * @param until where to stop, inclusive; null for the other end
   * @param limit how many at the most
   * @param maxBytes stop once this many bytes are read; at least one record is returned if there is
   */
  CompletableFuture<List<StoredRecord>> scan(
      ChannelId channel,
      byte kind,
      @Nullable String from,
      @Nullable String until,
      Direction direction,
      int limit,
      int maxBytes);

  /** Writes and deletes records of one channel, all or none, whatever its manifest says. */
  CompletableFuture<Void> put(ChannelId channel, List<StoredRecord> records);

  /**
   * The channel's manifest. When it has none that is {@link Manifest#NONE}, and while a deletion is
   * remembered {@link Manifest#deleted}.
   */
  CompletableFuture<Manifest> manifest(ChannelId channel);

  /**
   * Writes records and the manifest, all or none, if the manifest's version is still {@code
   * expected}; tells whether it did. The version is then {@link Manifest#after}.
   */
  CompletableFuture<Boolean> write(
      ChannelId channel, long expected, List<StoredRecord> records, byte[] manifest);

  /** Deletes the entries up to and including {@code through}. */
  CompletableFuture<Void> trim(ChannelId channel, long through);

  /**
   * Deletes a channel whole, entries, records and manifest, unless it has an entry after {@code
   * through}; tells whether it is gone. Completes after the channel's followers were told.
   * Positions are never used again.
   */
  CompletableFuture<Boolean> delete(ChannelId channel, long through);

  /**
   * The position that the last deletion of a channel took for itself, 0 when there was none: no
   * entry has it, and a log without a manifest may have had entries before it that are gone.
   */
  CompletableFuture<Long> deletedThrough();

  /** Channels that have anything stored, in order, those after {@code after}. */
  CompletableFuture<List<ChannelId>> channels(@Nullable ChannelId after, int limit);

  /** Stops taking writes, finishes those taken, and closes. May block. */
  @Override
  void close();
}
