package io.holdfast.journal;

import io.holdfast.journal.JournalException.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What outlives a {@link MemoryJournal}: opening another one over the same disk is a restart. Held
 * by one at a time. The twin's data is bounded by what its user stores.
 */
public final class MemoryDisk {
  /** A registry record's name, in the order of a scan. */
  record ItemName(String app, String kind, String key) implements Comparable<ItemName> {
    private static final Comparator<ItemName> ORDER =
        Comparator.comparing(ItemName::app)
            .thenComparing(ItemName::kind)
            .thenComparing(ItemName::key);

    @Override
    public int compareTo(ItemName other) {
      return ORDER.compare(this, other);
    }
  }

  /** Those deleted before so many others are forgotten whole. */
  private static final int DELETIONS_KEPT = 10_000;

  final NavigableMap<ChannelId, MemoryChannel> channels = new TreeMap<>();
  final NavigableMap<ItemName, Registry.Item> items = new TreeMap<>();

  /** Counts over all channels, so that a deleted channel's positions are never used again. */
  long lastPosition;

  /** The position of the last deletion of a channel. */
  long deletedThrough;

  /** Channels whose deletion is remembered, the oldest first. */
  private final Set<ChannelId> deletions = new LinkedHashSet<>();

  private long generation;
  private @Nullable MemoryEngine holder;

  /** Channels that have anything stored. */
  List<ChannelId> listed(@Nullable ChannelId after, int limit) {
    List<ChannelId> names = new ArrayList<>();
    var range = after == null ? channels : channels.tailMap(after, false);
    for (var channel : range.entrySet()) {
      if (names.size() >= limit) {
        break;
      }
      if (!channel.getValue().isEmpty()) {
        names.add(channel.getKey());
      }
    }
    return names;
  }

  /** Deletes a channel; the position that takes, 0 when there is nothing to delete. */
  long delete(ChannelId id) {
    MemoryChannel channel = channels.get(id);
    if (channel == null || channel.isEmpty()) {
      return 0;
    }
    deletedThrough = ++lastPosition;
    channel.delete(deletedThrough);
    deletions.remove(id);
    deletions.add(id);
    if (deletions.size() > DELETIONS_KEPT) {
      forget(deletions.iterator().next());
    }
    return deletedThrough;
  }

  private void forget(ChannelId id) {
    deletions.remove(id);
    MemoryChannel channel = channels.get(id);
    if (channel != null && channel.isEmpty()) {
      channels.remove(id);
    } else if (channel != null) {
      channel.forgetDeletion();
    }
  }

  synchronized long hold(MemoryEngine engine, long now) {
    if (holder != null) {
      throw new JournalException(
          Reason.HELD, "The memory disk is held by another journal; close or crash that one first");
    }
    holder = engine;
    if (generation == 0) {
      generation = now;
    }
    return generation;
  }

  synchronized void release(MemoryEngine engine) {
    if (holder == engine) {
      holder = null;
    }
  }
}
