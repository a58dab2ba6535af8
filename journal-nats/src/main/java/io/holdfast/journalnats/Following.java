package io.holdfast.journalnats;

import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.StoredEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One follower of a channel and how far it was told. Announcements come in order or not, twice or
 * not at all; each names the entry before it, so that a gap is seen and read. Of the engine's
 * thread.
 */
final class Following implements Journal.Subscription {
  private static final int CHUNK = 256;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final long RETRY_MS = 1_000;
  private static final Logger log = LoggerFactory.getLogger(Following.class);

  private final Journal.Follower follower;
  private final Log entries;
  private final Deletions deletions;
  private final EngineThread engine;
  private long told;

  /** Null until the engine's thread has taken it on. */
  private @Nullable Tail tail;

  /** The newest entry known to be there. */
  private long due;

  /** Whether something is read, or a deletion seen through, before anything else is told. */
  private boolean reading;

  /** Announced while reading; what is beyond the bound is read instead. */
  private final Deque<Stored> ahead = new ArrayDeque<>();

  private int aheadBytes;
  private volatile boolean ended;

  Following(
      long after,
      Journal.Follower follower,
      Log entries,
      Deletions deletions,
      EngineThread engine) {
    this.told = after;
    this.follower = follower;
    this.entries = entries;
    this.deletions = deletions;
    this.engine = engine;
  }

  long told() {
    return told;
  }

  /** Reads what is there already. */
  void start(Tail of) {
    if (!ended) {
      tail = of;
      of.add(this);
      read(of);
    }
  }

  void announced(Tail of, Stored message) {
    if (!reading) {
      take(of, message);
      if (due > told && !reading) {
        readOn();
      }
    } else if (ahead.size() < CHUNK && aheadBytes < CHUNK_BYTES) {
      ahead.add(message);
      aheadBytes += message.data().length;
    } else {
      due = Math.max(due, message.sequence());
    }
  }

  /** Tells it, unless there is a gap before it. */
  private void take(Tail of, Stored message) {
    if (message.previous() > told) {
      due = Math.max(due, message.sequence());
    } else if (!message.isDeletion()) {
      tell(of, message.entry());
    } else if (message.sequence() > told) {
      seeThrough(of, message.sequence());
    }
  }

  /** Who hears of a deletion looks for what is there then, and is to find nothing from before. */
  private void seeThrough(Tail of, long deletion) {
    reading = true;
    var _ =
        deletions
            .seeThrough(of.channel(), deletion)
            .whenComplete(
                (_, failure) -> {
                  if (failure == null) {
                    tellDeleted(of, deletion);
                    goOn(of, false);
                  } else if (!ended) {
                    log.warn("{} was deleted; seen through again", of.channel().id(), failure);
                    engine.after(RETRY_MS, () -> seeThrough(of, deletion));
                  }
                });
  }

  private void tellDeleted(Tail of, long deletion) {
    if (ended || deletion <= told) {
      return;
    }
    told = deletion;
    try {
      follower.deleted(deletion);
    } catch (RuntimeException e) {
      log.error("A follower of {} failed", of.channel().id(), e);
    }
  }

  /** There is an entry; if it was not told and nothing is on the way, it is read. */
  void exists(long position) {
    due = Math.max(due, position);
    if (due > told && !reading) {
      readOn();
    }
  }

  private void tell(Tail of, StoredEntry entry) {
    if (ended || entry.position() <= told) {
      return;
    }
    told = entry.position();
    of.told(entry);
    try {
      follower.entry(entry);
    } catch (RuntimeException e) {
      log.error("A follower of {} failed", of.channel().id(), e);
    }
  }

  private void readOn() {
    if (!ended && tail != null) {
      read(tail);
    }
  }

  private void read(Tail of) {
    reading = true;
    long dueBefore = due;
    var _ =
        entries
            .after(of.channel(), told, CHUNK, CHUNK_BYTES)
            .whenComplete(
                (chunk, failure) -> {
                  if (failure != null) {
                    log.warn("{} cannot be read; tried again", of.channel().id(), failure);
                    engine.after(RETRY_MS, this::readOn);
                  } else {
                    chunk(of, chunk, dueBefore);
                  }
                });
  }

  private void chunk(Tail of, List<Stored> chunk, long dueBefore) {
    for (Stored message : chunk) {
      if (message.isDeletion()) {
        // what came after it is read again
        due = Math.max(due, chunk.getLast().sequence());
        seeThrough(of, message.sequence());
        return;
      }
      tell(of, message.entry());
    }
    boolean more = chunk.size() >= CHUNK;
    if (!more && due == dueBefore) {
      // what was known to be there and is not was deleted
      due = Math.min(due, told);
    }
    goOn(of, more);
  }

  private void goOn(Tail of, boolean more) {
    reading = false;
    while (!reading && !ahead.isEmpty()) {
      Stored message = ahead.remove();
      aheadBytes -= message.data().length;
      take(of, message);
    }
    if (reading) {
      return;
    }
    reading = more || due > told;
    if (reading) {
      engine.run(this::readOn);
    } else {
      of.progressed();
    }
  }

  void lose(JournalException why) {
    if (!ended) {
      ended = true;
      follower.lost(why);
    }
  }

  @Override
  public void close() {
    ended = true;
    engine.run(
        () -> {
          if (tail != null) {
            tail.left(this);
          }
        });
  }
}
