package io.holdfast.simulator;

import io.holdfast.channels.ChannelSettings;
import io.holdfast.channels.Channels;
import io.holdfast.channels.Lane;
import io.holdfast.connections.ConnectRequest;
import io.holdfast.connections.ConnectionSettings;
import io.holdfast.connections.Connections;
import io.holdfast.connections.Link;
import io.holdfast.connections.Reauthentication;
import io.holdfast.connections.RestPublishing;
import io.holdfast.fold.FoldLimits;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import java.util.ArrayList;
import java.util.List;

/** The node under test: the real one, over a disk that outlives its runs. */
final class ServerNode {
  static final String APP = "sim";

  private final History history;
  private final VirtualTime time;
  private final MemoryDisk disk = new MemoryDisk();
  private final SimSealer sealer = new SimSealer();
  private final TaskQueue engine;
  private final List<TaskQueue> lanes;
  private final List<TaskQueue> loops;
  private final ChannelSettings channelSettings;
  private final ConnectionSettings connectionSettings;
  private int boots;
  private long ids;
  private long commits;
  private boolean up;
  private Run run;

  /** One run, from start to crash. */
  private record Run(
      VirtualTime.OfBoot timers,
      MemoryJournal journal,
      Channels channels,
      Connections connections,
      RestPublishing rest) {}

  ServerNode(History history, Turns turns, VirtualTime time, Dice dice, int messageBytes) {
    this.history = history;
    this.time = time;
    this.engine = turns.takeOne();
    this.lanes = List.of(turns.takeOne(), turns.takeOne());
    this.loops = List.of(turns.takeOne(), turns.takeOne());
    this.channelSettings = channelSettings(dice, messageBytes);
    this.connectionSettings =
        new ConnectionSettings(
            64 * 1024, 512 * 1024, 20_000, 15_000, 12, 8_000, 64_000, 30_000, 100, 0, 0, "node");
    this.run = boot();
  }

  /** Everything is small, so that every bound is met. */
  private static ChannelSettings channelSettings(Dice dice, int messageBytes) {
    return new ChannelSettings(
        new FoldLimits(messageBytes, 200, 5 * 60_000),
        dice.of(1_000, 4_000, 64_000),
        dice.of(0, 2_000, 64_000),
        dice.of(1_500, 8_000, 64_000),
        dice.of(200, 2_000),
        dice.of(3 * messageBytes, 64_000),
        64_000,
        dice.of(100, 2_000),
        dice.of(100, 1_500, 60_000),
        3_000);
  }

  private Run boot() {
    up = true;
    String boot = "boot" + boots++;
    VirtualTime.OfBoot timers = time.new OfBoot();
    MemoryJournal journal = new MemoryJournal(disk, this::entryTime, engine);
    commits--;
    // first of all followers, so that the truth is known before anybody acts on it
    history.truth().follow(journal, APP);
    Channels channels =
        new Channels(
            history
                .plant()
                .journal(new WatchedJournal(journal, history.truth(), history.counts()), commits),
            lanes.stream().map(Lane::new).toList(),
            timers,
            channelSettings,
            boot);
    Connections connections =
        new Connections(
            channels,
            timers,
            connectionSettings,
            sealer,
            token -> new Reauthentication.Outcome.Granted(history.client(token).access()),
            (app, channel) -> true,
            this::newId,
            boot,
            "site");
    RestPublishing rest = new RestPublishing(connections, this::newId);
    return new Run(timers, journal, channels, connections, rest);
  }

  /** The journal asks once for every entry it stores, and once when it opens. */
  private long entryTime() {
    commits++;
    return time.now();
  }

  private String newId() {
    return "i" + ids++;
  }

  boolean up() {
    return up;
  }

  /** Which run this is. */
  int boots() {
    return boots;
  }

  ChannelSettings settings() {
    return channelSettings;
  }

  SimSealer sealer() {
    return sealer;
  }

  TaskQueue loop(Dice dice) {
    return dice.of(loops);
  }

  MemoryJournal journal() {
    return run.journal();
  }

  Channels channels() {
    return run.channels();
  }

  RestPublishing rest() {
    return run.rest();
  }

  Link open(Wire wire, ConnectRequest request) {
    return run.connections().open(wire, history.plant().request(request));
  }

  /** Killed between two steps. */
  void crash() {
    run.journal().crash();
    gone();
  }

  /** Asks everybody to leave. */
  void drain() {
    run.channels().flushAllRollups();
    run.connections().drain(500);
  }

  /** Ends in good order. */
  void stop() {
    run.journal().close();
    gone();
  }

  private void gone() {
    up = false;
    run.timers().end();
    List<TaskQueue> all = new ArrayList<>(lanes);
    all.addAll(loops);
    all.add(engine);
    all.forEach(TaskQueue::clear);
    history.nodeDied();
  }

  void restart() {
    if (!up) {
      run = boot();
    }
  }
}
