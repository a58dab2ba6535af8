package io.holdfast.journal;

import io.holdfast.journal.Call.Row;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.MemoryCluster.Vices;
import io.holdfast.journal.MemoryCluster.Ways;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node's journal on a {@link MemoryCluster}. A write is sent again until it is answered, and one
 * of a channel is under way at a time, so that a node's own keep their order whatever happens on
 * the way. What is announced is a hint: a gap is seen and read.
 *
 * <p>Time passes by {@link #beat} and {@link #check}, which its owner calls now and then.
 */
public final class MemoryLink implements Journal {
  /** After this a call is sent again, ms. */
  public static final long TIMEOUT = 2_000;

  /** And after this it is given up. */
  public static final long PATIENCE = 30_000;

  private static final int WAITING_MAX = 1 << 20;

  private final MemoryCluster cluster;
  private final Ways ways;
  private final Vices vices;

  // All below is guarded by the cluster.

  /** In the order they were made. */
  private final Set<Call<?>> unanswered = new LinkedHashSet<>();

  /** Writes that wait for the first of their row. */
  private final Map<Row, Deque<Call<?>>> rows = new HashMap<>();

  private final Map<ChannelId, Set<Following>> followings = new HashMap<>();

  /** What is stored and answered once followers have heard of it. */
  private final List<Untold> untold = new ArrayList<>();

  private boolean closing;
  private boolean closed;
  private boolean killed;

  private record Untold(ChannelId channel, long position, Runnable answer) {}

  MemoryLink(MemoryCluster cluster, Ways ways, Vices vices) {
    this.cluster = cluster;
    this.ways = ways;
    this.vices = vices;
  }

  Vices vices() {
    return vices;
  }

  @Override
  public long generation() {
    return cluster.generation();
  }

  @Override
  public boolean shared() {
    return true;
  }

  // ---- time ----

  /** Sends again what was not answered in time, and gives up what never was. */
  public void beat() {
    synchronized (cluster) {
      long now = cluster.now();
      for (Call<?> call : List.copyOf(unanswered)) {
        if (call.hopelessAfter(PATIENCE, now)) {
          giveUp(call);
        } else if (call.unansweredFor(TIMEOUT, now)) {
          send(call);
        }
      }
      for (Untold stored : untold) {
        catchUp(stored.channel());
      }
    }
  }

  /** Looks for what may have been stored and not been announced. */
  public void check() {
    synchronized (cluster) {
      List.copyOf(followings.keySet()).forEach(this::catchUp);
    }
  }

  private void catchUp(ChannelId channel) {
    List.copyOf(followings.getOrDefault(channel, Set.of())).forEach(Following::catchUp);
  }

  /**
   * Ends as a killed process does: no future completes any more, no follower is called. What is on
   * its way to the servers may still arrive.
   *
   * @param stuck whether what was sent and not carried out gets stuck on its way; else it is what
   *     the calls' executor still has
   */
  public void kill(boolean stuck) {
    synchronized (cluster) {
      killed = true;
      if (stuck) {
        unanswered.stream().filter(Call::wasSent).forEach(cluster::stick);
      }
      cluster.left(this);
    }
  }

  // ---- calls ----

  private <T extends @Nullable Object> CompletableFuture<T> read(Supplier<T> work) {
    return call(new Call<>(List.of(), null, work));
  }

  private CompletableFuture<Void> change(List<Row> places, Runnable change) {
    Call<@Nullable Object> call =
        new Call<>(
            places,
            null,
            () -> {
              change.run();
              return null;
            });
    return call(call).thenAccept(nothing -> {});
  }

  private <T extends @Nullable Object> CompletableFuture<T> call(Call<T> call) {
    synchronized (cluster) {
      if (admit(call)) {
        call.rows().forEach(place -> row(place).add(call));
        sendInTurn(call);
      }
    }
    return call.answer();
  }

  private boolean admit(Call<?> call) {
    if (killed) {
      return false;
    }
    if (closed) {
      call.answer()
          .completeExceptionally(
              new JournalException(Reason.CLOSED, "The journal is closed; open it again"));
      return false;
    }
    if (unanswered.size() >= WAITING_MAX) {
      call.answer()
          .completeExceptionally(
              new JournalException(Reason.BUSY, "Too much waits for the servers; retry later"));
      return false;
    }
    unanswered.add(call);
    return true;
  }

  /** Sends it if nothing is before it. */
  private void sendInTurn(Call<?> call) {
    if (call.rows().stream().allMatch(place -> row(place).peek() == call)) {
      send(call);
    }
  }

  private Deque<Call<?>> row(Row place) {
    return rows.computeIfAbsent(place, p -> new ArrayDeque<>());
  }

  private void send(Call<?> call) {
    call.sent(cluster.now());
    ways.calls().execute(() -> cluster.arrived(this, call));
  }

  /** Something that was carried out is on its way back. */
  <T extends @Nullable Object> void answer(Call<T> call, T result) {
    ways.answers().execute(() -> answered(call, result));
  }

  private <T extends @Nullable Object> void answered(Call<T> call, T result) {
    synchronized (cluster) {
      if (!killed && unanswered.remove(call)) {
        leave(call);
        call.answer().complete(result);
      }
    }
  }

  private void giveUp(Call<?> call) {
    if (!unanswered.remove(call)) {
      return;
    }
    leave(call);
    call.answer()
        .completeExceptionally(
            call.writes()
                ? new JournalException(Reason.UNKNOWN, "The servers did not say what came of it")
                : new JournalException(Reason.BUSY, "The servers do not answer; retry later"));
  }

  /** Those behind it have their turn. */
  private void leave(Call<?> call) {
    for (Row place : call.rows()) {
      Deque<Call<?>> waiting = row(place);
      waiting.remove(call);
      if (waiting.isEmpty()) {
        rows.remove(place);
      } else if (!closing && !waiting.element().wasSent()) {
        sendInTurn(waiting.element());
      }
    }
  }

  // ---- the journal ----

  @Override
  public CompletableFuture<Appended> append(ChannelId channel, byte[] entry, String id) {
    return call(new Call<>(entries(channel), entry, () -> cluster.store(channel, entry)))
        .thenCompose(
            stored ->
                told(channel, stored.position(), new Appended(stored.position(), stored.time())));
  }

  /** Done when the channel's followers were told of what has a position. */
  private <T> CompletableFuture<T> told(ChannelId channel, long position, T answer) {
    CompletableFuture<T> told = new CompletableFuture<>();
    untold.add(new Untold(channel, position, () -> told.complete(answer)));
    progressed(channel);
    return told;
  }

  private void progressed(ChannelId channel) {
    if (untold.isEmpty()) {
      return;
    }
    Set<Following> followers = followings.getOrDefault(channel, Set.of());
    long told = followers.stream().mapToLong(one -> one.told).min().orElse(Long.MAX_VALUE);
    List<Untold> done = new ArrayList<>();
    for (Untold stored : untold) {
      if (stored.channel().equals(channel) && stored.position() <= told) {
        done.add(stored);
      }
    }
    untold.removeAll(done);
    done.forEach(stored -> stored.answer().run());
  }

  @Override
  public CompletableFuture<List<StoredEntry>> read(
      ChannelId channel, long from, Direction direction, int limit, int maxBytes) {
    return read(() -> cluster.existing(channel).read(from, direction, limit, maxBytes));
  }

  @Override
  public CompletableFuture<Long> end(ChannelId channel) {
    return read(() -> cluster.existing(channel).end());
  }

  @Override
  public CompletableFuture<byte @Nullable []> get(ChannelId channel, byte kind, String key) {
    return this.<byte @Nullable []>read(() -> cluster.existing(channel).get(kind, key));
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
    return read(
        () -> cluster.existing(channel).scan(kind, from, until, direction, limit, maxBytes));
  }

  @Override
  public CompletableFuture<Void> put(ChannelId channel, List<StoredRecord> records) {
    List<StoredRecord> written = List.copyOf(records);
    return change(records(channel), () -> cluster.channel(channel).put(written));
  }

  @Override
  public CompletableFuture<Manifest> manifest(ChannelId channel) {
    return read(() -> cluster.existing(channel).manifest());
  }

  @Override
  public CompletableFuture<Boolean> write(
      ChannelId channel, long expected, List<StoredRecord> records, byte[] manifest) {
    List<StoredRecord> written = List.copyOf(records);
    return call(
        new Call<>(
            records(channel),
            null,
            () -> cluster.channel(channel).write(expected, written, manifest)));
  }

  @Override
  public CompletableFuture<Void> trim(ChannelId channel, long through) {
    return change(entries(channel), () -> cluster.channel(channel).trim(through));
  }

  @Override
  public CompletableFuture<Boolean> delete(ChannelId channel, long through) {
    List<Row> both = List.of(entries(channel).getFirst(), records(channel).getFirst());
    return call(new Call<>(both, null, () -> cluster.delete(channel, through)))
        .thenCompose(
            position ->
                position > 0
                    ? told(channel, position, true)
                    : CompletableFuture.completedFuture(position == 0));
  }

  private static List<Row> entries(ChannelId channel) {
    return List.of(new Row(channel, true));
  }

  private static List<Row> records(ChannelId channel) {
    return List.of(new Row(channel, false));
  }

  @Override
  public CompletableFuture<Long> deletedThrough() {
    return read(() -> cluster.disk().deletedThrough);
  }

  @Override
  public CompletableFuture<List<ChannelId>> channels(@Nullable ChannelId after, int limit) {
    return read(() -> cluster.disk().listed(after, limit));
  }

  // ---- following ----

  @Override
  public Subscription follow(ChannelId channel, long after, Follower follower) {
    Following following = new Following(channel, after, follower);
    synchronized (cluster) {
      if (closed) {
        following.lose();
      } else if (!killed) {
        followings.computeIfAbsent(channel, id -> new LinkedHashSet<>()).add(following);
        following.catchUp();
      }
    }
    return following;
  }

  /** An entry is stored; the node may hear of it. */
  void announce(ChannelId channel, StoredEntry entry, long previous) {
    if (!followings.containsKey(channel)) {
      return;
    }
    for (int copies = vices.announcements(); copies > 0; copies--) {
      ways.announcements().execute(() -> announced(channel, entry, previous));
    }
  }

  /** A channel is deleted; the node may hear of it. */
  void announceDeletion(ChannelId channel, long position) {
    if (!followings.containsKey(channel)) {
      return;
    }
    for (int copies = vices.announcements(); copies > 0; copies--) {
      ways.announcements().execute(() -> announcedDeletion(channel, position));
    }
  }

  private void announcedDeletion(ChannelId channel, long position) {
    synchronized (cluster) {
      if (!killed) {
        for (Following following : List.copyOf(followings.getOrDefault(channel, Set.of()))) {
          following.tellDeleted(position);
        }
        progressed(channel);
      }
    }
  }

  private void announced(ChannelId channel, StoredEntry entry, long previous) {
    synchronized (cluster) {
      if (!killed) {
        for (Following following : List.copyOf(followings.getOrDefault(channel, Set.of()))) {
          following.announced(entry, previous);
        }
        progressed(channel);
      }
    }
  }

  /** A follower and how far it was told. */
  private final class Following implements Subscription {
    private final ChannelId channel;
    private final Follower follower;
    private long told;
    private boolean reading;

    /** Whether there was something to be read while a reading was under way. */
    private boolean more;

    private boolean ended;

    Following(ChannelId channel, long after, Follower follower) {
      this.channel = channel;
      this.told = after;
      this.follower = follower;
    }

    void announced(StoredEntry entry, long previous) {
      if (previous <= told) {
        tell(entry);
      } else {
        catchUp();
      }
    }

    /** Reads what was not told. */
    void catchUp() {
      more = reading;
      if (ended || reading) {
        return;
      }
      reading = true;
      var _ =
          read(() -> cluster.existing(channel).since(told))
              .whenComplete(
                  (missed, failure) -> {
                    reading = false;
                    if (failure == null) {
                      tell(missed);
                      progressed(channel);
                    }
                    if (more) {
                      more = false;
                      catchUp();
                    }
                  });
    }

    void tell(StoredEntry entry) {
      if (!ended && entry.position() > told) {
        told = entry.position();
        follower.entry(entry);
      }
    }

    void tell(MemoryChannel.Missed missed) {
      tellDeleted(missed.deletedAt());
      missed.entries().forEach(this::tell);
    }

    void tellDeleted(long position) {
      if (!ended && position > told) {
        told = position;
        follower.deleted(position);
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
      synchronized (cluster) {
        ended = true;
        Set<Following> all = followings.get(channel);
        if (all != null && all.remove(this)) {
          if (all.isEmpty()) {
            followings.remove(channel);
          }
          progressed(channel);
        }
      }
    }
  }

  /** Carries out at once what was taken, so that the end needs no time. */
  @Override
  public void close() {
    synchronized (cluster) {
      if (closed || killed) {
        return;
      }
      closing = true;
      while (!unanswered.isEmpty()) {
        List.copyOf(unanswered).forEach(this::finish);
      }
      closed = true;
      List<Following> all = new ArrayList<>();
      followings.values().forEach(all::addAll);
      for (Following following : all) {
        following.tell(cluster.existing(following.channel).since(following.told));
        progressed(following.channel);
      }
      all.forEach(Following::lose);
      followings.clear();
      cluster.left(this);
    }
  }

  private <T extends @Nullable Object> void finish(Call<T> call) {
    answered(call, call.carryOut(false));
  }
}
