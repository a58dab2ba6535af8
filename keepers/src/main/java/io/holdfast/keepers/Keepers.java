package io.holdfast.keepers;

import io.holdfast.channels.Channels;
import io.holdfast.channels.Timers;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.PresenceRecord;
import io.holdfast.fold.RecordKind;
import io.holdfast.fold.StoredMessage;
import io.holdfast.fold.Upkeep;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.StoredEntry;
import io.holdfast.nodes.Nodes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's keeper: at every beat, compacts channels whose entries have passed the horizon, a few
 * at a time, walks slowly through all stored channels for those nobody has opened and for messages
 * past their retention, and lets idle channels leave memory. Runs on one executor.
 */
public final class Keepers {
  private static final Logger LOG = LoggerFactory.getLogger(Keepers.class);
  private static final int COMPACTIONS_A_BEAT = 200;
  private static final int WALK_A_BEAT = 100;
  private static final int MAX_DUE = 1_000_000;

  /** No entry that only says that messages have expired is larger. */
  private static final int EXPIRY_BYTES = 1_024;

  private static final int LOOK_BYTES = 1024 * 1024;
  private static final long HAS_WORK = 0;

  private final Channels channels;
  private final Journal journal;
  private final Nodes nodes;
  private final Timers timers;
  private final Executor executor;
  private final long horizon;
  private final long beat;
  private final ToLongFunction<ChannelId> retention;
  private final ToLongFunction<ChannelId> objectRetention;

  /** Channels to look at, and from when on; {@link #HAS_WORK} for those to be shortened. */
  private final Map<ChannelId, Long> due = new LinkedHashMap<>();

  private @Nullable ChannelId walked;
  private boolean walking;
  private Timers.@Nullable Timer next;
  private boolean stopped;

  /**
   * A keeper; {@link #start} sets it to work.
   *
   * @param nodes who shares the work of the walk
   * @param horizon the resume horizon, ms
   * @param retention how long a channel's messages are kept, ms; 0 for ever
   * @param objectRetention how long its shared objects are if nobody changes them, ms; 0 for ever
   */
  public Keepers(
      Channels channels,
      Journal journal,
      Nodes nodes,
      Timers timers,
      Executor executor,
      long horizon,
      ToLongFunction<ChannelId> retention,
      ToLongFunction<ChannelId> objectRetention) {
    this.channels = channels;
    this.journal = journal;
    this.nodes = nodes;
    this.timers = timers;
    this.executor = executor;
    this.horizon = horizon;
    this.beat = Math.clamp(horizon / 4, 250, 10_000);
    this.retention = retention;
    this.objectRetention = objectRetention;
  }

  public void start() {
    executor.execute(this::schedule);
  }

  public void stop() {
    executor.execute(
        () -> {
          stopped = true;
          if (next != null) {
            next.cancel();
          }
        });
  }

  private void schedule() {
    if (!stopped) {
      next = timers.after(beat, () -> executor.execute(this::beat));
    }
  }

  private void beat() {
    if (stopped) {
      return;
    }
    try {
      keep(timers.now());
    } catch (RuntimeException e) {
      LOG.error("a beat of the keeper failed; the next one goes on", e);
    }
    schedule();
  }

  private void keep(long now) {
    for (ChannelId open : channels.open()) {
      if (due.size() < MAX_DUE) {
        // of several nodes that have it in memory one shortens it, the next if that one does not
        due.putIfAbsent(open, now + horizon + nodes.rank(open.toString()) * beat);
      }
      channels.lookAfterObjects(open, objectRetention.applyAsLong(open));
    }
    compactDue(now);
    channels.retireIdle();
    if (!walking) {
      walk();
    }
  }

  private void compactDue(long now) {
    List<ChannelId> looked = new ArrayList<>();
    Iterator<Map.Entry<ChannelId, Long>> each = due.entrySet().iterator();
    int budget = COMPACTIONS_A_BEAT;
    while (each.hasNext() && budget > 0) {
      Map.Entry<ChannelId, Long> entry = each.next();
      if (entry.getValue() <= now) {
        each.remove();
        budget--;
        if (entry.getValue() == HAS_WORK) {
          channels.compact(entry.getKey());
        } else {
          looked.add(entry.getKey());
        }
      }
    }
    // they may have left memory, and are not to be opened for nothing
    looked.forEach(this::look);
  }

  /** Looks at the next few stored channels: anything with entries is due, old messages go. */
  private void walk() {
    walking = true;
    var _ =
        journal
            .channels(walked, WALK_A_BEAT)
            .whenComplete((ids, failure) -> executor.execute(() -> walked(ids, failure)));
  }

  private void walked(List<ChannelId> ids, @Nullable Throwable failure) {
    walking = false;
    if (failure != null) {
      LOG.warn("stored channels could not be listed; tried again later", failure);
      return;
    }
    walked = ids.size() < WALK_A_BEAT ? null : ids.getLast();
    for (ChannelId id : new ArrayList<>(ids)) {
      if (nodes.rank(id.toString()) == 0) {
        look(id);
      }
    }
  }

  private void look(ChannelId id) {
    try {
      lookAt(id);
    } catch (RuntimeException e) {
      failed(id, e);
    }
  }

  private void lookAt(ChannelId id) {
    long horizonPassed = timers.now() - horizon;
    told(
        id,
        journal.read(id, 0, Direction.FORWARDS, 2, LOOK_BYTES),
        entries -> {
          // the newest that is past the horizon stays: two of them are work
          if (entries.size() > 1 && entries.get(1).time() < horizonPassed) {
            lookAgain(id, HAS_WORK);
          }
        });
    long objectsKept = objectRetention.applyAsLong(id);
    told(
        id,
        journal.get(id, RecordKind.UPKEEP.code(), ""),
        bytes -> {
          if (bytes != null && Upkeep.decode(bytes).due(objectsKept, timers.now())) {
            channels.collectObjects(id, objectsKept);
          }
        });
    long kept = retention.applyAsLong(id);
    if (kept > 0) {
      long cutoff = timers.now() - kept;
      lookForOld(id, cutoff, RecordKind.MESSAGE, StoredMessage::timestamp);
      lookForOld(id, cutoff, RecordKind.PRESENCE, b -> PresenceRecord.decode(b).timestamp());
      told(
          id,
          journal.read(id, Long.MAX_VALUE, Direction.BACKWARDS, 1, 1),
          newest -> {
            if (!newest.isEmpty() && newest.getFirst().time() < cutoff) {
              channels.expire(id, cutoff, objectsBefore(id));
            } else if (!newest.isEmpty() && onlyExpires(newest.getFirst())) {
              // what stood before it may be gone, and is as old as the channel knows
              ifNoneSince(
                  cutoff,
                  id,
                  RecordKind.MESSAGE,
                  StoredMessage::timestamp,
                  () ->
                      ifNoneSince(
                          cutoff,
                          id,
                          RecordKind.PRESENCE,
                          b -> PresenceRecord.decode(b).timestamp(),
                          () -> channels.expire(id, cutoff, objectsBefore(id))));
            }
          });
    }
  }

  private static boolean onlyExpires(StoredEntry entry) {
    return entry.bytes().length <= EXPIRY_BYTES && EntryCodec.decode(entry.bytes()).onlyExpires();
  }

  /** Goes on unless a channel's newest record of a kind is from a time or later. */
  private void ifNoneSince(
      long time, ChannelId id, RecordKind kind, ToLongFunction<byte[]> timeOf, Runnable then) {
    told(
        id,
        journal.scan(id, kind.code(), null, null, Direction.BACKWARDS, 1, 1),
        newest -> {
          if (newest.isEmpty() || timeOf.applyAsLong(newest.getFirst().bytes()) < time) {
            then.run();
          }
        });
  }

  /** Has a channel's records deleted if the oldest of a kind is from before {@code cutoff}. */
  private void lookForOld(ChannelId id, long cutoff, RecordKind kind, ToLongFunction<byte[]> time) {
    told(
        id,
        journal.scan(id, kind.code(), null, null, Direction.FORWARDS, 1, 1),
        oldest -> {
          byte[] bytes = oldest.isEmpty() ? null : oldest.getFirst().bytes();
          if (bytes != null && time.applyAsLong(bytes) < cutoff) {
            channels.expire(id, cutoff, objectsBefore(id));
          }
        });
  }

  /** Since when changed objects keep their channel, ms. */
  private long objectsBefore(ChannelId id) {
    long kept = objectRetention.applyAsLong(id);
    return kept == 0 ? 0 : timers.now() - kept;
  }

  private <T extends @Nullable Object> void told(
      ChannelId id, CompletableFuture<T> read, Consumer<T> then) {
    var _ =
        // here, as the threads that read serve every channel
        read.thenAcceptAsync(then, executor)
            .whenComplete(
                (nothing, failure) -> {
                  if (failure != null) {
                    executor.execute(() -> failed(id, failure));
                  }
                });
  }

  /** Nothing that fails may end the keeping of a channel, nor do so in silence. */
  private void failed(ChannelId id, Throwable failure) {
    LOG.warn("channel {} could not be looked at; tried again later", id, failure);
    lookAgain(id, timers.now());
  }

  private void lookAgain(ChannelId id, long from) {
    if (due.size() < MAX_DUE) {
      due.merge(id, from, Math::min);
    }
  }
}
