package io.holdfast.simulator;

import io.holdfast.channels.ChannelLoad;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.JournalException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What befalls the world. */
final class Faults {
  private final History history;
  private final Dice dice;
  private final Counts counts;
  private final ClusterFaults clusterFaults;
  private final List<Asked> asked = new ArrayList<>();
  private final Map<Client, Client.RecoveryKey> written = new HashMap<>();

  /** A REST request under way. */
  private record Asked(Operation operation, ServerNode node) {}

  Faults(History history, Dice dice) {
    this.history = history;
    this.dice = dice;
    this.counts = history.counts();
    this.clusterFaults = new ClusterFaults(history, dice);
  }

  void restAsked(Operation operation, ServerNode node) {
    asked.add(new Asked(operation, node));
  }

  /** Whoever asked a run of a node that is over will never hear. */
  void nodeDied(ServerNode node) {
    for (Asked request : asked) {
      if (request.node() == node && request.operation().outcome() == Operation.Outcome.WAITING) {
        request.operation().end(Operation.Outcome.UNKNOWN);
      }
    }
    asked.removeIf(request -> request.node() == node);
  }

  void strike() {
    Client client = dice.of(history.clients());
    int roll = dice.below(100);
    ServerNode node = history.fleet().one(dice);
    if (!node.up()) {
      restart(node);
    } else if (history.fleet().many() && dice.percent(30)) {
      clusterFaults.strike(node);
    } else if (!history.readers().isEmpty() && dice.percent(10)) {
      reader(dice.of(history.readers()));
    } else if (roll < 20) {
      history.trace("cut " + client.name());
      counts.add(Happening.CUT);
      client.drop(dice, false);
    } else if (roll < 27) {
      history.trace("half open " + client.name());
      counts.add(Happening.HALF_OPEN);
      client.drop(dice, true);
    } else if (roll < 40) {
      slow(client);
    } else if (roll < 52) {
      node(node);
    } else if (roll < 60) {
      clientCrash(client);
    } else if (roll < 62) {
      client.close();
    } else if (roll < 75) {
      disk(node, client);
    } else if (roll < 76) {
      counts.add(Happening.FORGOTTEN_SECRET);
      history.fleet().sealer().forget();
    } else if (roll < 81) {
      revoke(client);
    } else {
      keep(node);
    }
  }

  /** All credentials of a client are taken back, with or without time to get others. */
  private void revoke(Client client) {
    long margin = dice.of(0, 1_500);
    history.trace("revoke what " + client.name() + " has, in " + margin);
    counts.add(margin == 0 ? Happening.REVOKED : Happening.REVOKED_WITH_MARGIN);
    history.issuer().revoke(client.name(), margin);
    history.fleet().nodes().forEach(ServerNode::review);
  }

  /** Something happens to one who reads events. */
  private void reader(EventReader reader) {
    EventStream stream = reader.stream();
    if (stream != null && dice.percent(30)) {
      boolean slow = dice.percent(65);
      history.trace(reader.name() + (slow ? " is slow" : " reads again"));
      stream.slow(slow);
      return;
    }
    boolean crash = dice.percent(30);
    history.trace("cut " + reader.name() + ", crash: " + crash);
    counts.add(Happening.READER_CUT);
    if (stream != null) {
      stream.cut(dice, dice.percent(20));
    }
    if (crash) {
      counts.add(Happening.READER_CRASH);
      reader.crash();
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

  private void node(ServerNode node) {
    if (node.draining()) {
      history.trace("stop " + node.boot());
      counts.add(Happening.STOP);
      node.stop();
    } else if (dice.percent(25)) {
      history.trace("drain " + node.boot());
      node.drain();
    } else {
      history.trace("crash " + node.boot());
      counts.add(Happening.CRASH);
      node.crash();
    }
    if (!node.up() && dice.percent(70)) {
      restart(node);
    }
  }

  private void restart(ServerNode node) {
    if (dice.percent(30) && !history.plant().spares(Happening.LIMIT_LOWERED)) {
      history.fleet().configuration().change(history);
    }
    node.restart();
    if (dice.percent(25)) {
      failReads(node, Happening.FAILED_OPENING);
    }
  }

  private void failReads(ServerNode node, Happening what) {
    if (history.plant().spares(what)) {
      return;
    }
    int reads = dice.between(1, 8);
    history.trace(what.words() + ", reads: " + reads);
    counts.add(what);
    history.journalFails();
    node.faulty()
        .failReads(
            reads, dice.of(JournalException.Reason.BUSY, JournalException.Reason.UNREADABLE));
  }

  private void clientCrash(Client client) {
    Client.RecoveryKey now = client.recoveryKey();
    Client.RecoveryKey older = older(client);
    boolean recover = dice.percent(75);
    boolean late = older != null && dice.percent(40);
    history.trace(client.name() + " crashes, recovers: " + recover + ", from of old: " + late);
    counts.add(Happening.CLIENT_CRASH);
    if (recover && late) {
      counts.add(Happening.OLDER_RECOVERY_KEY);
    }
    client.crash(recover ? late ? older : now : null);
  }

  private Client.@Nullable RecoveryKey older(Client client) {
    return history.plant().spares(Happening.OLDER_RECOVERY_KEY) ? null : written.get(client);
  }

  /** Now and then a client writes down how it could be recovered. */
  void writeDown(Client client) {
    Client.RecoveryKey now = client.recoveryKey();
    if (now != null) {
      written.put(client, now);
    }
  }

  private void disk(ServerNode node, Client client) {
    switch (dice.below(8)) {
      case 0 -> {
        history.trace("disk full");
        counts.add(Happening.DISK_FULL);
        node.engine().full();
      }
      case 1 -> {
        boolean stored = dice.percent(50);
        history.trace("unknown outcome, stored: " + stored);
        counts.add(Happening.UNKNOWN_OUTCOME);
        history.journalFails();
        node.engine().unknownAppend(stored);
      }
      case 2 -> {
        history.trace("held");
        counts.add(Happening.HELD_COMMIT);
        node.engine().hold();
      }
      case 3 -> {
        history.trace("busy");
        counts.add(Happening.BUSY_ENGINE);
        node.faulty().refuseAppends(dice.between(1, 3));
      }
      case 4 -> failReads(node, Happening.FAILED_READ);
      case 5 -> slowCommit(node, client);
      default -> mend(node);
    }
  }

  /** A commit takes its time, and meanwhile whoever is entering loses its socket and comes back. */
  private void slowCommit(ServerNode node, Client client) {
    if (history.plant().spares(Happening.SLOW_COMMIT)) {
      return;
    }
    int ms = dice.between(1_000, 20_000);
    history.trace("a commit takes " + ms);
    counts.add(Happening.SLOW_COMMIT);
    node.engine().holdFor(ms);
    history.hurry(ms + dice.of(0, 4_000, 16_000));
    ClientChannel channel = client.channel(dice.of(history.channelNames()));
    if (client.connected() && channel.attached()) {
      counts.add(Happening.ENTER_ACROSS_A_RESUME);
      history.moves().enter(client, channel);
      for (int tasks = dice.of(5, 20, 60); tasks > 0 && history.turns().runOne(); tasks--) {
        // most of the time it is on its way to the disk by then
      }
      history.trace("cut " + client.name());
      client.drop(dice, false);
    }
  }

  /** All is well again, and every node runs. */
  void heal() {
    for (ServerNode node : history.fleet().nodes()) {
      if (node.up()) {
        mend(node);
      }
    }
    if (history.fleet().many()) {
      clusterFaults.heal();
    }
    for (ServerNode node : history.fleet().nodes()) {
      if (node.draining()) {
        node.stop();
      }
      node.restart();
    }
  }

  private void mend(ServerNode node) {
    node.engine().mend();
    node.faulty().mend();
  }

  /** What a node's keeper does now and then. */
  private void keep(ServerNode node) {
    String channel = dice.of(history.channelNames());
    if (history.sharing() && dice.percent(25)) {
      // objects that nobody hears of leave memory, and are read again when they are used
      counts.add(Happening.OBJECTS_LOOKED_AFTER);
      node.channels().lookAfterObjects(new ChannelId(ServerNode.APP, channel), 0);
      return;
    }
    int roll = dice.below(100);
    if (roll < 55) {
      node.channels().compact(new ChannelId(ServerNode.APP, channel));
    } else if (roll < 92) {
      counts.add(Happening.RETIRED_CHANNEL);
      node.channels().retireIdle();
    } else {
      delete(node, channel);
    }
  }

  /** Everybody is away for so long that nothing of a channel is kept. */
  private void delete(ServerNode node, String channel) {
    if (history.plant().spares(Happening.DELETED_CHANNEL) || node.draining()) {
      return;
    }
    history.trace("everybody leaves " + channel + ", which grows old");
    mend(node);
    if (history.fleet().many()) {
      // nothing is cut off for as long as that
      clusterFaults.heal();
    }
    history.clients().forEach(client -> client.drop(dice, false));
    history.readers().forEach(reader -> reader.drop(dice));
    // less than it takes the first to come back
    for (int i = 0; i < 40; i++) {
      history.turns().runDry();
      history.time().advance(1);
    }
    history.turns().runDry();
    ChannelId id = new ChannelId(ServerNode.APP, channel);
    CompletableFuture<@Nullable ChannelLoad> asked = node.channels().load(id);
    history.turns().runDry();
    ChannelLoad load = asked.getNow(null);
    if (load == null || load.attachments() > 0 || load.pendingBytes() > 0) {
      return;
    }
    node.channels().purge(id);
    history.turns().runDry();
  }
}
