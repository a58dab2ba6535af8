package io.holdfast.simulator;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The nodes of a world, and what they have in common. */
final class Fleet {
  /** How long nodes may not hear what others have said, by chance, ms. */
  private static final long LISTENING = 500;

  private final Configuration configuration;
  private final SimSealer sealer = new SimSealer();
  private final List<ServerNode> nodes = new ArrayList<>();
  private final @Nullable Servers servers;
  private final @Nullable Grapevine grapevine;
  private long listening = LISTENING;
  private int boots;
  private long ids;

  Fleet(History history, int size, Turns turns, VirtualTime time, Dice dice) {
    boolean many = size > 1;
    this.configuration = new Configuration(dice, many);
    this.servers = many ? new Servers(time, history.truth(), dice, history.counts()) : null;
    this.grapevine = many ? new Grapevine(time, dice) : null;
    for (int i = 0; i < size; i++) {
      Servers shared = servers;
      Engine engine =
          shared == null
              ? new OwnEngine(turns.takeOne(), time, history.truth())
              : new SharedEngine(shared, turns, dice);
      nodes.add(new ServerNode(history, this, engine, grapevine, turns, time));
    }
  }

  List<ServerNode> nodes() {
    return nodes;
  }

  /** Whether there are several. */
  boolean many() {
    return nodes.size() > 1;
  }

  /** One of them. */
  ServerNode one(Dice dice) {
    return many() ? dice.of(nodes) : nodes.getFirst();
  }

  /** One that runs; null if none does. */
  @Nullable ServerNode running(Dice dice) {
    List<ServerNode> up = nodes.stream().filter(ServerNode::up).toList();
    return up.size() < 2 ? up.isEmpty() ? null : up.getFirst() : dice.of(up);
  }

  /** The servers that they share. */
  Servers servers() {
    Servers shared = servers;
    if (shared == null) {
      throw new IllegalStateException("a single node has its own");
    }
    return shared;
  }

  Configuration configuration() {
    return configuration;
  }

  SimSealer sealer() {
    return sealer;
  }

  String newId() {
    return "i" + ids++;
  }

  /** A name for a run. */
  String newBoot() {
    return "boot" + boots++;
  }

  /**
   * Time passes. Nodes hear one another in time, as far as they can: who is late by chance alone
   * would be taken for gone, and nobody could say when that is true.
   */
  void pass(VirtualTime time, long ms) {
    long left = ms;
    while (many() && left >= listening) {
      left -= listening;
      time.advance(listening);
      listening = LISTENING;
      time.runDue();
      nodes.forEach(ServerNode::listen);
    }
    listening -= many() ? left : 0;
    time.advance(left);
  }

  /** Nothing goes wrong any more between them. */
  void heal() {
    if (servers != null && grapevine != null) {
      servers.heal();
      grapevine.heal();
    }
  }
}
