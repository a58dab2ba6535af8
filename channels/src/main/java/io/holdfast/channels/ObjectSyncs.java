package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.objects.Pool;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives those who hear of shared objects all of them as they stand. Pages are shared by all who
 * sync while nothing changes, and kept as long as anybody is sent them. Of the channel's lane.
 */
final class ObjectSyncs {
  private final ChannelState state;
  private final int pageBytes;

  /** By the name of the channel, and what they are of. */
  private final Map<String, WeakReference<ObjectPages>> pages = new HashMap<>();

  private @Nullable Pool of;

  ObjectSyncs(ChannelState state, int pageBytes) {
    this.state = state;
    this.pageBytes = pageBytes;
  }

  /** The objects as they stand, under a name of the channel. */
  @SuppressWarnings("ReferenceEquality") // a pool that did not change is the same one
  ObjectPages pages(String name) {
    Pool now = state.objects();
    if (of != now) {
      of = now;
      pages.clear();
    }
    WeakReference<ObjectPages> kept = pages.get(name);
    ObjectPages found = kept == null ? null : kept.get();
    if (found == null) {
      found = new ObjectPages(name, now, state.end().toString(), pageBytes);
      pages.put(name, new WeakReference<>(found));
    }
    return found;
  }
}
