package io.holdfast.simulator;

/** What befalls nodes that share an engine: it, the ways to it, or one another. */
final class ClusterFaults {
  /** As long as a node may be away and still be taken for alive with what its clients have. */
  private static final int AWAY = 15_000;

  private final History history;
  private final Dice dice;
  private final Counts counts;

  ClusterFaults(History history, Dice dice) {
    this.history = history;
    this.dice = dice;
    this.counts = history.counts();
  }

  void strike(ServerNode node) {
    switch (dice.below(6)) {
      case 0 -> pause(node);
      case 1 -> cutOff(node);
      case 2 -> unheard(node);
      case 3 -> newLeader();
      case 4 -> deafen(node);
      default -> {
        counts.add(Happening.LATE_ARRIVAL);
        history.fleet().servers().unstick();
      }
    }
  }

  /** The process stands still; some of its clients do not wait for it. */
  private void pause(ServerNode node) {
    int ms = dice.of(dice.between(100, 2_000), dice.between(1_000, AWAY));
    history.trace(node.boot() + " stands still for " + ms);
    counts.add(Happening.NODE_PAUSED);
    away(node, ms);
    node.freeze(true);
    String run = node.boot();
    history
        .time()
        .after(
            ms,
            () -> {
              if (node.boot().equals(run)) {
                history.trace(run + " goes on");
                node.freeze(false);
              }
            });
    for (Wire wire : history.wiresOf(node)) {
      if (dice.percent(50)) {
        history.time().after(dice.below(ms), () -> cut(node, wire));
      }
    }
    history.hurry(ms + dice.of(0, 2_000));
  }

  private void cut(ServerNode node, Wire wire) {
    // one that is over has given its queues to another
    if (history.wiresOf(node).contains(wire)) {
      wire.cut(dice, true);
    }
  }

  private void away(ServerNode node, long ms) {
    long now = history.time().now();
    history.absences().away(node.boot(), now, now + ms);
  }

  private SharedEngine engine(ServerNode node) {
    return (SharedEngine) node.engine();
  }

  /** Neither the servers nor the other nodes are reached from it. */
  private void cutOff(ServerNode node) {
    int ms = dice.of(dice.between(50, 2_000), dice.between(1_000, AWAY));
    history.trace(node.boot() + " is cut off for " + ms);
    counts.add(Happening.NODE_CUT_OFF);
    away(node, ms);
    engine(node).cutOff();
    node.colleagues().cut(true);
    String run = node.boot();
    history
        .time()
        .after(
            ms,
            () -> {
              if (node.boot().equals(run)) {
                history.trace(run + " is connected again");
                node.colleagues().cut(false);
                engine(node).reconnect();
              }
            });
    history.hurry(ms + dice.of(0, 2_000));
  }

  /** The others do not hear it, nor it them. */
  private void unheard(ServerNode node) {
    int ms = dice.between(500, AWAY);
    history.trace(node.boot() + " is not heard for " + ms);
    counts.add(Happening.NODE_UNHEARD);
    away(node, ms);
    node.colleagues().cut(true);
    String run = node.boot();
    history
        .time()
        .after(
            ms,
            () -> {
              if (node.boot().equals(run) && !engine(node).cut()) {
                node.colleagues().cut(false);
              }
            });
    history.hurry(ms);
  }

  /** For a while there is no leader, and what it had not answered is lost, stored or late. */
  private void newLeader() {
    int ms = dice.between(30, 8_000);
    history.trace("no leader for " + ms);
    counts.add(Happening.LEADER_CHANGE);
    Servers servers = history.fleet().servers();
    for (ServerNode node : history.fleet().nodes()) {
      engine(node).losing(dice.of(30, 100));
    }
    history
        .time()
        .after(
            ms,
            () -> {
              history.fleet().nodes().forEach(node -> engine(node).losing(0));
              servers.mend();
            });
    history.hurry(ms + dice.of(0, 2_000));
  }

  /** What is announced to it is lost for a while. */
  private void deafen(ServerNode node) {
    int ms = dice.between(100, 20_000);
    history.trace(node.boot() + " hears little for " + ms);
    counts.add(Happening.ANNOUNCEMENTS_LOST);
    engine(node).deaf(dice.of(30, 100));
    history.time().after(ms, () -> engine(node).deaf(0));
    history.hurry(dice.of(0, ms));
  }

  /** All is well again. */
  void heal() {
    for (ServerNode node : history.fleet().nodes()) {
      node.freeze(false);
      node.colleagues().cut(false);
      engine(node).mend();
    }
    history.fleet().heal();
  }
}
