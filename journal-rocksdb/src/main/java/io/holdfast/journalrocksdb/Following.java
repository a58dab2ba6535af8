package io.holdfast.journalrocksdb;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Direction;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.StoredEntry;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One follower of a channel. At first it catches up on the readers' threads while new entries only
 * leave word ({@link #late}); once a read has found all of those it is live and the committer tells
 * it. {@code told} passes from one thread to the other under the lock; no callback runs under it.
 */
final class Following implements Journal.Subscription {
  private static final int CHUNK = 256;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final Logger log = LoggerFactory.getLogger(Following.class);

  private final ChannelId channel;
  private final Journal.Follower follower;
  private final Reads reads;
  private final Readers readers;
  private final Followings all;
  private long told;

  /** To be run once a read that began later has ended. */
  private List<Runnable> due = List.of();

  // Guarded by this. As many late ones as there are unanswered appends, which their callers bound.
  private List<Runnable> late = new ArrayList<>();

  /** A deletion that came while it caught up, 0 when there was none. */
  private long deleted;

  private boolean live;
  private volatile boolean ended;

  Following(
      ChannelId channel,
      long after,
      Journal.Follower follower,
      Reads reads,
      Readers readers,
      Followings all) {
    this.channel = channel;
    this.told = after;
    this.follower = follower;
    this.reads = reads;
    this.readers = readers;
    this.all = all;
  }

  void start() {
    if (!readers.run(this::takeLate)) {
      lose(new JournalException(Reason.CLOSED, "The journal is closed; open it again"));
    }
  }

  /** Called by the committer for each durable entry; runs {@code then} once it was told. */
  void tell(StoredEntry entry, Runnable then) {
    synchronized (this) {
      if (!live && !ended) {
        late.add(then);
        return;
      }
    }
    deliver(entry);
    then.run();
  }

  /** The same for a deletion, which has its place among the entries. */
  void tellDeleted(long position, Runnable then) {
    synchronized (this) {
      if (!live && !ended) {
        deleted = position;
        late.add(then);
        return;
      }
    }
    deliverDeleted(position);
    then.run();
  }

  private void deliverDeleted(long position) {
    if (!ended && position > told) {
      told = position;
      try {
        follower.deleted(position);
      } catch (RuntimeException e) {
        log.error("A follower of {} failed", channel, e);
      }
    }
  }

  private synchronized long deleted() {
    return deleted;
  }

  private void deliver(StoredEntry entry) {
    if (!ended && entry.position() > told) {
      told = entry.position();
      try {
        follower.entry(entry);
      } catch (RuntimeException e) {
        log.error("A follower of {} failed", channel, e);
      }
    }
  }

  private void takeLate() {
    synchronized (this) {
      due = late;
      late = new ArrayList<>();
    }
    catchUp();
  }

  private void catchUp() {
    List<StoredEntry> chunk;
    try {
      chunk =
          ended ? List.of() : reads.entries(channel, told, Direction.FORWARDS, CHUNK, CHUNK_BYTES);
    } catch (RocksDBException | RuntimeException e) {
      lose(Readers.failure(e));
      chunk = List.of();
    }
    for (StoredEntry entry : chunk) {
      if (deleted() < entry.position()) {
        deliverDeleted(deleted());
      }
      deliver(entry);
    }
    if (!chunk.isEmpty()) {
      // Another task, so that a long catching up does not keep others' reads waiting.
      next(this::catchUp);
      return;
    }
    deliverDeleted(deleted());
    due.forEach(Runnable::run);
    due = List.of();
    synchronized (this) {
      live = late.isEmpty();
    }
    if (!live) {
      next(this::takeLate);
    }
  }

  private void next(Runnable step) {
    if (!readers.run(step)) {
      lose(new JournalException(Reason.CLOSED, "The journal was closed"));
      due.forEach(Runnable::run);
      due = List.of();
    }
  }

  void lose(JournalException why) {
    boolean first;
    synchronized (this) {
      first = !ended;
      ended = true;
    }
    close();
    if (first) {
      follower.lost(why);
    }
  }

  @Override
  public void close() {
    List<Runnable> released;
    synchronized (this) {
      ended = true;
      released = late;
      late = new ArrayList<>();
    }
    all.remove(channel, this);
    released.forEach(Runnable::run);
  }
}
