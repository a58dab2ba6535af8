package io.holdfast.journalnats;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.StoredEntry;
import io.nats.client.Subscription;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A channel that is followed: its followers, and who waits for them. Of the engine's thread. */
final class Tail {
  private static final int TIMES_KEPT = 64;

  private final Subjects.OfChannel channel;
  private final Consumer<Tail> onEmpty;
  private final List<Following> followings = new ArrayList<>(1);
  private final List<Waiting> waiting = new ArrayList<>(1);
  private final Map<Long, Long> times = new LinkedHashMap<>();
  private @Nullable Subscription subscription;

  /** When it was last known that nothing was missed, in the engine's milliseconds. */
  private long checkedAt;

  /** Runs once all have been told. */
  private record Waiting(long position, Runnable then) {}

  Tail(Subjects.OfChannel channel, long now, Consumer<Tail> onEmpty) {
    this.channel = channel;
    this.checkedAt = now;
    this.onEmpty = onEmpty;
  }

  Subjects.OfChannel channel() {
    return channel;
  }

  void subscribed(@Nullable Subscription made) {
    subscription = made;
  }

  @Nullable Subscription subscription() {
    return subscription;
  }

  void add(Following following) {
    followings.add(following);
  }

  boolean isEmpty() {
    return followings.isEmpty();
  }

  void left(Following following) {
    if (followings.remove(following)) {
      progressed();
      if (followings.isEmpty()) {
        onEmpty.accept(this);
      }
    }
  }

  void announced(Stored message) {
    // a copy, since a follower may leave when it is told
    for (Following following : List.copyOf(followings)) {
      following.announced(this, message);
    }
    progressed();
  }

  /** The newest entry is this, by a server's word. */
  void checked(long newest, long now) {
    checkedAt = now;
    for (Following following : List.copyOf(followings)) {
      following.exists(newest);
    }
  }

  /** That nothing is newer than what was told. */
  void checked(long now) {
    checkedAt = now;
  }

  long checkedAt() {
    return checkedAt;
  }

  /** Up to where everybody was told. */
  long told() {
    return followings.stream().mapToLong(Following::told).min().orElse(Long.MAX_VALUE);
  }

  void told(StoredEntry entry) {
    times.put(entry.position(), entry.time());
    if (times.size() > TIMES_KEPT) {
      Iterator<Long> oldest = times.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** The time of an entry that was told lately. */
  @Nullable Long time(long position) {
    return times.get(position);
  }

  /** Runs {@code then} once everybody who follows was told of an entry, or has left. */
  void whenTold(long position, Runnable then) {
    if (told() >= position) {
      then.run();
    } else {
      waiting.add(new Waiting(position, then));
    }
  }

  /** Reads what somebody waits for and was not announced. */
  void hurry() {
    long newest = waiting.stream().mapToLong(Waiting::position).max().orElse(0);
    if (newest > 0) {
      for (Following following : List.copyOf(followings)) {
        following.exists(newest);
      }
    }
  }

  boolean awaited() {
    return !waiting.isEmpty();
  }

  void progressed() {
    if (waiting.isEmpty()) {
      return;
    }
    long told = told();
    List<Waiting> done = waiting.stream().filter(wait -> wait.position <= told).toList();
    waiting.removeAll(done);
    done.forEach(wait -> wait.then.run());
  }

  void lose(JournalException why) {
    List.copyOf(followings).forEach(following -> following.lose(why));
    followings.clear();
    progressed();
  }
}
