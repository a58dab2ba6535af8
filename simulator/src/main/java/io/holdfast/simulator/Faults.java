package io.holdfast.simulator;

import io.holdfast.journal.ChannelId;
import java.util.ArrayList;
import java.util.List;

/** What befalls the world. */
final class Faults {
  private final History history;
  private final Dice dice;
  private final Counts counts;
  private final List<Asked> asked = new ArrayList<>();
  private boolean draining;

  /** A REST request under way. */
  private record Asked(Operation operation, int boot) {}

  Faults(History history, Dice dice) {
    this.history = history;
    this.dice = dice;
    this.counts = history.counts();
  }

  void restAsked(Operation operation, int boot) {
    asked.add(new Asked(operation, boot));
  }

  /** Whoever asked a run of the node that is over will never hear. */
  void nodeDied() {
    draining = false;
    for (Asked request : asked) {
      if (request.operation().outcome() == Operation.Outcome.WAITING) {
        request.operation().end(Operation.Outcome.UNKNOWN);
      }
    }
    asked.clear();
  }

  void strike() {
    Client client = dice.of(history.clients());
    int roll = dice.below(100);
    if (!history.node().up()) {
      history.node().restart();
    } else if (roll < 22) {
      history.trace("cut " + client.name());
      counts.add(Happening.CUT);
      client.drop(dice, false);
    } else if (roll < 30) {
      history.trace("half open " + client.name());
      counts.add(Happening.HALF_OPEN);
      client.drop(dice, true);
    } else if (roll < 45) {
      slow(client);
    } else if (roll < 57) {
      node();
    } else if (roll < 65) {
      clientCrash(client);
    } else if (roll < 67) {
      client.close();
    } else if (roll < 75) {
      disk();
    } else if (roll < 76) {
      counts.add(Happening.FORGOTTEN_SECRET);
      history.node().sealer().forget();
    } else {
      keep();
    }
  }

  private void slow(Client client) {
    Wire wire = client.wire();
    if (wire != null) {
      boolean slow = dice.percent(65);
      history.trace(client.name() + (slow ? " is slow" : " reads again"));
      if (slow) {
        counts.add(Happening.SLOW_READER);
      }
      wire.slow(slow);
    }
  }

  private void node() {
    if (draining) {
      history.trace("stop");
      counts.add(Happening.STOP);
      history.node().stop();
    } else if (dice.percent(25)) {
      history.trace("drain");
      draining = true;
      history.node().drain();
    } else {
      history.trace("crash");
      counts.add(Happening.CRASH);
      history.node().crash();
    }
    if (!history.node().up() && dice.percent(70)) {
      history.node().restart();
    }
  }

  private void clientCrash(Client client) {
    boolean recover = dice.percent(75);
    history.trace(client.name() + " crashes, recovers: " + recover);
    counts.add(Happening.CLIENT_CRASH);
    client.crash(recover, false);
  }

  private void disk() {
    switch (dice.below(5)) {
      case 0 -> {
        history.trace("disk full");
        counts.add(Happening.DISK_FULL);
        history.diskIsFull();
        history.node().journal().full(true);
      }
      case 1 -> {
        boolean stored = dice.percent(50);
        history.trace("unknown outcome, stored: " + stored);
        counts.add(Happening.UNKNOWN_OUTCOME);
        history.outcomeIsUnknown();
        history.node().journal().unknownAppends(1, stored);
      }
      case 2 -> {
        history.trace("held");
        counts.add(Happening.HELD_COMMIT);
        history.node().journal().holdCommits(true);
      }
      default -> mend();
    }
  }

  boolean draining() {
    return draining;
  }

  void mend() {
    history.node().journal().full(false);
    history.node().journal().holdCommits(false);
    history.node().journal().unknownAppends(0, false);
  }

  /** What the node's keeper does now and then. */
  private void keep() {
    if (dice.percent(60)) {
      String channel = dice.of(history.channelNames());
      history.node().channels().compact(new ChannelId(ServerNode.APP, channel));
    } else {
      counts.add(Happening.RETIRED_CHANNEL);
      history.node().channels().retireIdle();
    }
  }
}
