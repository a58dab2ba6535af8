package io.holdfast.journalrocksdb;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import io.holdfast.journal.StoredEntry;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** All followers by channel; as many as the callers hold subscriptions. */
final class Followings {
  private final ConcurrentMap<ChannelId, CopyOnWriteArrayList<Following>> all =
      new ConcurrentHashMap<>();

  void add(ChannelId channel, Following following) {
    all.compute(
        channel,
        (id, old) -> {
          var list = old == null ? new CopyOnWriteArrayList<Following>() : old;
          list.add(following);
          return list;
        });
  }

  void remove(ChannelId channel, Following following) {
    all.computeIfPresent(
        channel,
        (id, list) -> {
          list.remove(following);
          return list.isEmpty() ? null : list;
        });
  }

  /** Tells a durable entry to all; runs {@code then} when the last of them was told. */
  void tell(ChannelId channel, StoredEntry entry, Runnable then) {
    each(channel, (following, one) -> following.tell(entry, one), then);
  }

  /** The same for a deletion. */
  void deleted(ChannelId channel, long position, Runnable then) {
    each(channel, (following, one) -> following.tellDeleted(position, one), then);
  }

  private void each(ChannelId channel, BiConsumer<Following, Runnable> tell, Runnable then) {
    List<Following> list = all.get(channel);
    if (list == null) {
      then.run();
      return;
    }
    // The list may grow or shrink meanwhile; those in this copy are the ones waited for.
    List<Following> now = List.copyOf(list);
    AtomicInteger left = new AtomicInteger(now.size() + 1);
    Runnable one =
        () -> {
          if (left.decrementAndGet() == 0) {
            then.run();
          }
        };
    now.forEach(following -> tell.accept(following, one));
    one.run();
  }

  void close() {
    JournalException why = new JournalException(Reason.CLOSED, "The journal was closed");
    all.values().forEach(list -> list.forEach(following -> following.lose(why)));
  }
}
