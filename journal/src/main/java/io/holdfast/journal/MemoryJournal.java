package io.holdfast.journal;

import io.holdfast.journal.JournalException.Reason;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A journal in memory, for tests, the simulator and {@code --journal memory}. What is "durable" is
 * on a {@link MemoryDisk}.
 *
 * <p>The executor plays the engine's thread: every commit, every telling (followers, then the
 * future) and every read is one task of it, so that whoever owns the executor decides when each
 * happens and may {@link #crash} between any two. Any executor will do; tasks never overlap.
 */
public final class MemoryJournal implements Journal {
  private final MemoryDisk disk;
  private final LongSupplier clock;
  private final MemoryEngine engine;
  private final long generation;

  // Touched only by the engine's thread.
  private final Map<ChannelId, Set<Following>> followings = new HashMap<>();
  private final Set<MemoryRegistry> registries = new LinkedHashSet<>();

  private volatile boolean full;
  private volatile int unknowns;
  private volatile boolean unknownsStored;

  /** Opens a disk; refuses one that another journal holds. */
  public MemoryJournal(MemoryDisk disk, LongSupplier clock, Executor executor) {
    this.disk = disk;
    this.clock = clock;
    this.engine = new MemoryEngine(executor, this::closed, disk::release);
    this.generation = disk.hold(engine, clock.getAsLong());
  }

  @Override
  public long generation() {
    return generation;
  }

  // Fault switches.

  /** Keeps writes from becoming durable until released. Reads go on. */
  public void holdCommits(boolean hold) {
    engine.hold(hold);
  }

  /** Refuses appends and puts as a full disk does. */
  public void full(boolean refuse) {
    full = refuse;
  }

  /** Has the next appends that are committed fail with UNKNOWN, whether stored or not. */
  public void unknownAppends(int appends, boolean stored) {
    unknownsStored = stored;
    unknowns = appends;
  }

  /**
   * Ends as a killed process does: what no task has done yet is dropped, no future completes any
   * more, no follower is called. The disk may be opened again.
   */
  public void crash() {
    engine.crash();
  }

  @Override
  public CompletableFuture<Appended> append(ChannelId channel, byte[] entry, String id) {
    CompletableFuture<Appended> answer = new CompletableFuture<>();
    return full ? refuse(answer) : engine.write(answer, () -> commit(channel, entry, answer));
  }

  private Runnable commit(ChannelId channel, byte[] bytes, CompletableFuture<Appended> answer) {
    boolean unknown = takeUnknown();
    if (unknown && !unknownsStored) {
      return () -> answer.completeExceptionally(unknown());
    }
    StoredEntry entry = new StoredEntry(++disk.lastPosition, clock.getAsLong(), bytes);
    stored(channel).append(entry);
    return () -> {
      followers(channel).forEach(following -> following.tell(entry));
      if (engine.isCrashed()) {
        return;
      }
      if (unknown) {
        answer.completeExceptionally(unknown());
      } else {
        answer.complete(new Appended(entry.position(), entry.time()));
      }
    };
  }

  private boolean takeUnknown() {
    int left = unknowns;
    unknowns = Math.max(0, left - 1);
    return left > 0;
  }

  private static JournalException unknown() {
    return new JournalException(Reason.UNKNOWN, "It is not known whether the entry was stored");
  }

  private static <T> CompletableFuture<T> refuse(CompletableFuture<T> answer) {
    answer.completeExceptionally(
        new JournalException(Reason.NO_SPACE, "Too little free space; free some or delete data"));
    return answer;
  }

  private MemoryChannel stored(ChannelId channel) {
    return disk.channels.computeIfAbsent(channel, id -> new MemoryChannel());
  }

  /** Reads a channel; one that is not there reads as an empty one. */
  private <T extends @Nullable Object> CompletableFuture<T> reading(
      Reading<T> reading, ChannelId channel) {
    return engine.read(() -> reading.of(disk.channels.getOrDefault(channel, new MemoryChannel())));
  }

  private interface Reading<T extends @Nullable Object> {
    T of(MemoryChannel channel);
  }

  private CompletableFuture<Void> writing(Runnable change) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    return engine.write(
        answer,
        () -> {
          change.run();
          return () -> answer.complete(null);
        });
  }

  @Override
  public CompletableFuture<List<StoredEntry>> read(
      ChannelId channel, long from, Direction direction, int limit, int maxBytes) {
    return reading(stored -> stored.read(from, direction, limit, maxBytes), channel);
  }

  @Override
  public CompletableFuture<Long> end(ChannelId channel) {
    return reading(MemoryChannel::end, channel);
  }

  @Override
  public CompletableFuture<byte @Nullable []> get(ChannelId channel, byte kind, String key) {
    return this.<byte @Nullable []>reading(stored -> stored.get(kind, key), channel);
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
    return reading(stored -> stored.scan(kind, from, until, direction, limit, maxBytes), channel);
  }

  @Override
  public CompletableFuture<Void> put(ChannelId channel, List<StoredRecord> records) {
    List<StoredRecord> written = List.copyOf(records);
    return full ? refuse(new CompletableFuture<>()) : writing(() -> stored(channel).put(written));
  }

  @Override
  public CompletableFuture<Manifest> manifest(ChannelId channel) {
    return reading(MemoryChannel::manifest, channel);
  }

  @Override
  public CompletableFuture<Boolean> write(
      ChannelId channel, long expected, List<StoredRecord> records, byte[] manifest) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    List<StoredRecord> written = List.copyOf(records);
    if (full && written.stream().anyMatch(record -> record.bytes() != null)) {
      return refuse(answer);
    }
    return engine.write(
        answer,
        () -> {
          boolean same = stored(channel).write(expected, written, manifest);
          return () -> answer.complete(same);
        });
  }

  @Override
  public CompletableFuture<Void> trim(ChannelId channel, long through) {
    return writing(() -> stored(channel).trim(through));
  }

  @Override
  public CompletableFuture<Boolean> delete(ChannelId channel, long through) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    return engine.write(
        answer,
        () -> {
          boolean may = !stored(channel).hasEntryAfter(through);
          long position = may ? disk.delete(channel) : 0;
          return () -> {
            if (position > 0) {
              followers(channel).forEach(following -> following.tellDeleted(position));
            }
            if (!engine.isCrashed()) {
              answer.complete(may);
            }
          };
        });
  }

  /** A copy, since who is told may begin or end to follow. */
  private List<Following> followers(ChannelId channel) {
    return List.copyOf(followings.getOrDefault(channel, Set.of()));
  }

  @Override
  public CompletableFuture<Long> deletedThrough() {
    return engine.read(() -> disk.deletedThrough);
  }

  @Override
  public CompletableFuture<List<ChannelId>> channels(@Nullable ChannelId after, int limit) {
    return engine.read(() -> disk.listed(after, limit));
  }

  @Override
  public Subscription follow(ChannelId channel, long after, Follower follower) {
    Following following = new Following(channel, after, follower);
    engine.run(following::start);
    return following;
  }

  @Override
  public void close() {
    engine.close();
  }

  private void closed() {
    List.copyOf(followings.values()).forEach(all -> List.copyOf(all).forEach(Following::lose));
    registries.forEach(MemoryRegistry::closed);
  }

  /** What the registry over the same disk shares with its journal. */
  MemoryEngine engine(MemoryRegistry registry) {
    engine.run(() -> registries.add(registry));
    return engine;
  }

  MemoryDisk disk() {
    return disk;
  }

  /** A follower and how far it was told. Its state is touched only by the engine's thread. */
  private final class Following implements Subscription {
    private final ChannelId channel;
    private final Follower follower;
    private long told;
    private volatile boolean ended;

    Following(ChannelId channel, long after, Follower follower) {
      this.channel = channel;
      this.told = after;
      this.follower = follower;
    }

    void start() {
      if (engine.isClosed()) {
        lose();
      } else if (!ended) {
        followings.computeIfAbsent(channel, id -> new LinkedHashSet<>()).add(this);
        MemoryChannel.Missed missed =
            disk.channels.getOrDefault(channel, new MemoryChannel()).since(told);
        tellDeleted(missed.deletedAt());
        missed.entries().forEach(this::tell);
      }
    }

    void tellDeleted(long position) {
      if (!ended && !engine.isCrashed() && position > told) {
        told = position;
        follower.deleted(position);
      }
    }

    void tell(StoredEntry entry) {
      if (!ended && !engine.isCrashed() && entry.position() > told) {
        told = entry.position();
        follower.entry(entry);
      }
    }

    void lose() {
      if (!ended) {
        ended = true;
        follower.lost(new JournalException(Reason.CLOSED, "The journal was closed"));
      }
    }

    @Override
    public void close() {
      ended = true;
      engine.run(
          () -> {
            Set<Following> all = followings.get(channel);
            if (all != null && all.remove(this) && all.isEmpty()) {
              followings.remove(channel);
            }
          });
    }
  }
}
