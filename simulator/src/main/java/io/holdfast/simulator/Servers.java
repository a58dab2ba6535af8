package io.holdfast.simulator;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.MemoryCluster;
import io.holdfast.journal.MemoryCluster.Witness;
import io.holdfast.journal.StoredEntry;

/** The servers that all nodes store with. What they store is the truth. */
final class Servers {
  private final VirtualTime time;
  private final Dice dice;
  private final MemoryCluster cluster;

  /** How many appends that are sent again are stored again, percent. */
  private final int doubling;

  private long commits;

  Servers(VirtualTime time, Truth truth, Dice dice, Counts counts) {
    this.time = time;
    this.dice = dice;
    this.doubling = dice.of(0, 0, 0, 20);
    this.cluster =
        new MemoryCluster(
            time::now,
            new Witness() {
              @Override
              public void stored(ChannelId channel, StoredEntry entry) {
                commits++;
                truth.channel(channel.name()).entry(entry);
              }

              @Override
              public void deleted(ChannelId channel) {
                counts.add(Happening.DELETED_CHANNEL);
                truth.channel(channel.name()).delete();
              }
            });
    truth.generation(time.now());
  }

  MemoryCluster cluster() {
    return cluster;
  }

  int doubling() {
    return doubling;
  }

  long commits() {
    return commits;
  }

  void hold() {
    cluster.hold(true);
  }

  void holdFor(long ms) {
    cluster.hold(true);
    time.after(ms, () -> cluster.hold(false));
  }

  /** Something that was stuck arrives late, or never. */
  void unstick() {
    if (cluster.stuck() > 0) {
      int which = dice.below(cluster.stuck());
      if (dice.percent(70)) {
        cluster.release(which);
      } else {
        cluster.lose(which);
      }
    }
  }

  void mend() {
    cluster.hold(false);
  }

  /** Nothing is on its way any more. */
  void heal() {
    mend();
    while (cluster.stuck() > 0) {
      unstick();
    }
  }
}
