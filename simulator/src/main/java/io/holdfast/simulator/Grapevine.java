package io.holdfast.simulator;

import io.holdfast.channels.Timers;
import io.holdfast.journal.MemoryHub;
import io.holdfast.journal.MemorySignals;
import io.holdfast.nodes.EntryForms;
import io.holdfast.nodes.NodeTimers;
import io.holdfast.nodes.Nodes;

/** What nodes tell one another, late or never. */
final class Grapevine {
  private final MemoryHub hub;

  /** How much is lost on the way, percent. */
  private int losing;

  Grapevine(VirtualTime time, Dice dice) {
    this.losing = dice.of(0, 0, 1, 5);
    this.hub = new MemoryHub(Runnable::run, time::after);
    hub.drop(passing -> dice.percent(losing));
  }

  /**
   * A run of a node comes to it.
   *
   * @param heard where what it hears waits
   */
  Colleagues join(String boot, Timers timers, TaskQueue heard) {
    MemorySignals signals = hub.join(boot, heard);
    NodeTimers ofNode =
        new NodeTimers() {
          @Override
          public long now() {
            return timers.now();
          }

          @Override
          public void after(long ms, Runnable task) {
            timers.after(ms, task);
          }
        };
    return new Colleagues(new Nodes(signals, boot, ofNode, new EntryForms(1, 1)), signals);
  }

  void heal() {
    losing = 0;
  }
}
