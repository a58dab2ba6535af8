package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Entry;
import io.holdfast.fold.Part;
import io.holdfast.fold.Upkeep;
import io.holdfast.objects.Pool;
import io.holdfast.objects.Sweep;
import java.util.List;

/**
 * Has the garbage among a channel's shared objects collected, which is an entry like any other: the
 * fold decides what goes. Of the channel's lane.
 */
final class Collecting {
  /** How long a collection is waited for before another is asked for, ms. */
  private static final int PATIENCE = 1_000;

  private static final int ANY = 1;
  private static final long NEXT_NODE = 5_000;

  private final String channel;
  private final Services services;
  private final ChannelState state;
  private final Outbox outbox;
  private final Attachments attachments;
  private final Loading loading;
  private long quietUntil;
  private long usedAt;
  private long asked;
  private long retention;

  Collecting(
      Channel handle,
      Services services,
      ChannelState state,
      Outbox outbox,
      Attachments attachments,
      Loading loading) {
    this.channel = handle.id().toString();
    this.services = services;
    this.state = state;
    this.outbox = outbox;
    this.attachments = attachments;
    this.loading = loading;
  }

  /** The objects are used, so they stay in memory for a while. */
  void used() {
    usedAt = services.timers().now();
  }

  /**
   * Looks after objects that are in memory.
   *
   * @param retention how long they are kept if nobody changes them, ms; 0 for ever
   */
  void look(long retention) {
    if (!state.objectsLoaded()) {
      return;
    }
    // of several nodes that have them in memory one collects, the next if that one does not
    long turn = services.nodes().rank(channel) * NEXT_NODE;
    if (state.upkeep().due(retention, services.timers().now() - turn)) {
      collect(retention);
    }
    boolean quiet = services.timers().now() - usedAt >= services.settings().idle();
    if (quiet && outbox.isEmpty() && !heard()) {
      state.dropObjects();
    }
  }

  private boolean heard() {
    return attachments.all().stream().anyMatch(place -> place.attachment().view().showsObjects());
  }

  /** The same for a channel whose store says that there is something to do. */
  void lookInStore(long retention) {
    loading.objects(
        () -> {
          used();
          collect(retention);
        },
        () -> {});
  }

  /**
   * An entry of ours was applied. What a collection leaves, as there was too much for one, is
   * collected at once: else a busy writer would make garbage faster than it goes.
   *
   * @param time when it was stored, ms
   */
  void applied(Entry entry, long time) {
    if (entry.parts().stream().anyMatch(Part.Collect.class::isInstance)
        && state.upkeep().due(retention, time)) {
      quietUntil = 0;
      collect(retention);
    }
  }

  @SuppressWarnings("ReferenceEquality") // a pool that did not change is the same one
  private void collect(long kept) {
    retention = kept;
    long now = services.timers().now();
    Upkeep upkeep = state.upkeep();
    if (now < quietUntil || !upkeep.due(kept, now)) {
      return;
    }
    Pool pool = state.objects();
    Sweep sweep = pool.sweep(now, state.limits().objectGrace(), ANY);
    if (sweep.pool() == pool && sweep.due().isEmpty() && !upkeep.expired(kept, now)) {
      state.swept(sweep.next());
      return;
    }
    quietUntil = now + PATIENCE;
    // with the time, as the count begins anew when the channel has left memory and comes back
    String id = "collected-" + services.boot() + "-" + now + ":" + asked++;
    outbox.add(new Queued.ToCommit(new Part.Collect(id, kept), List.of()));
  }
}
