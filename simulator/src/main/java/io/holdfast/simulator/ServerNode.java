package io.holdfast.simulator;

import io.holdfast.channels.ChannelSettings;
import io.holdfast.channels.Channels;
import io.holdfast.channels.Lane;
import io.holdfast.connections.ConnectRequest;
import io.holdfast.connections.ConnectionSettings;
import io.holdfast.connections.Connections;
import io.holdfast.connections.Link;
import io.holdfast.connections.RestPublishing;
import io.holdfast.connections.Transport;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.FoldLimits;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.nodes.Nodes;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.List;

/** The node under test: the real one, over a disk that outlives its runs. */
final class ServerNode {
  static final String APP = "sim";
  static final int EARLIER_BOOT_GRACE = 3_000;
  private static final int SMALL = 700;
  private static final int LARGE = 6_000;

  private final History history;
  private final VirtualTime time;
  private final MemoryDisk disk = new MemoryDisk();
  private final SimSealer sealer = new SimSealer();
  private final TaskQueue engine;
  private final List<TaskQueue> lanes;
  private final List<TaskQueue> loops;
  private final Dice dice;
  private ChannelSettings channelSettings;
  private int leastMessageBytes = Integer.MAX_VALUE;
  private int leastMembers = Integer.MAX_VALUE;
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
      FaultyJournal faulty,
      Channels channels,
      Connections connections,
      RestPublishing rest) {}

  ServerNode(History history, Turns turns, VirtualTime time, Dice dice) {
    this.history = history;
    this.time = time;
    this.dice = dice;
    this.engine = turns.takeOne();
    this.lanes = List.of(turns.takeOne(), turns.takeOne());
    this.loops = List.of(turns.takeOne(), turns.takeOne());
    this.channelSettings = channelSettings(dice);
    this.connectionSettings =
        new ConnectionSettings(
            64 * 1024, 512 * 1024, 20_000, 15_000, 12, 8_000, 64_000, 30_000, 100, 0, 0, "node");
    judgeBy(limits());
    this.run = boot();
  }

  private FoldLimits limits() {
    int messageBytes = TrueMessage.ENVELOPE + dice.of(SMALL, LARGE);
    return new FoldLimits(messageBytes, dice.of(2, 4, 200), 60 * 60_000);
  }

  private void judgeBy(FoldLimits limits) {
    ChannelSettings before = channelSettings;
    leastMessageBytes = Math.min(leastMessageBytes, limits.maxMessageBytes());
    leastMembers = Math.min(leastMembers, limits.maxMembers());
    channelSettings =
        new ChannelSettings(
            limits,
            before.recentBytes(),
            before.cacheBytes(),
            before.checkpointBytes(),
            before.entryBytes(),
            before.objectPageBytes(),
            Math.max(before.backlogBytes(), 3L * limits.maxMessageBytes()),
            before.unackedBytes(),
            before.idle(),
            before.resumeHorizon(),
            before.earlierBootGrace());
  }

  /** The smallest limits there have been. */
  int leastMessageBytes() {
    return leastMessageBytes;
  }

  int leastMembers() {
    return leastMembers;
  }

  /** Everything is small, so that every bound is met. */
  private static ChannelSettings channelSettings(Dice dice) {
    return new ChannelSettings(
        FoldLimits.DEFAULT,
        dice.of(1_000, 4_000, 64_000),
        dice.of(0, 2_000, 64_000),
        dice.of(1_500, 8_000, 64_000),
        dice.of(200, 2_000),
        dice.of(100, 1_000, 64 * 1024),
        dice.of(3 * (TrueMessage.ENVELOPE + SMALL), 64_000),
        64_000,
        dice.of(100, 2_000),
        dice.of(100, 1_500, 60_000),
        EARLIER_BOOT_GRACE);
  }

  private Run boot() {
    up = true;
    String boot = "boot" + boots++;
    VirtualTime.OfBoot timers = time.new OfBoot();
    MemoryJournal journal = new MemoryJournal(disk, this::entryTime, engine);
    commits--;
    // first of all followers, so that the truth is known before anybody acts on it
    history.truth().follow(journal, APP);
    history.transports().booted(boot, time.now());
    FaultyJournal faulty =
        new FaultyJournal(
            new WatchedJournal(journal, history.truth(), history.counts()), history.unstored());
    Channels channels =
        new Channels(
            history.plant().journal(faulty, commits),
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
            history.issuer()::authenticate,
            (app, channel) -> true,
            this::newId,
            Nodes.alone(boot),
            Cursor.site(journal.generation()));
    RestPublishing rest = new RestPublishing(connections, this::newId);
    return new Run(timers, journal, faulty, channels, connections, rest);
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

  FaultyJournal faulty() {
    return run.faulty();
  }

  Channels channels() {
    return run.channels();
  }

  RestPublishing rest() {
    return run.rest();
  }

  Link open(Transport transport, ConnectRequest request) {
    ErrorInfo refusal = history.issuer().refusal((SimAccess) request.access());
    if (refusal != null) {
      transport.write(new SharedFrame(new Frame.ProtocolError(null, refusal)));
      transport.close();
      return new Turned();
    }
    return run.connections().open(transport, history.plant().request(request));
  }

  /** Who was turned away at the door. */
  private static final class Turned implements Link {
    @Override
    public void received(Decoded decoded, int bytes) {}

    @Override
    public void writabilityChanged() {}

    @Override
    public void alive() {}

    @Override
    public void lost() {}
  }

  /** Looks at everybody's credentials again, now and when more of them will be taken back. */
  void review() {
    Run now = run;
    if (!up) {
      return;
    }
    now.connections().review(access -> history.issuer().standing((SimAccess) access));
    for (long at : history.issuer().pending()) {
      now.timers()
          .after(
              at - time.now(),
              () ->
                  now.connections()
                      .review(access -> history.issuer().standing((SimAccess) access)));
    }
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
      review();
    }
  }

  /** Is configured differently from its next run on. */
  void reconfigure() {
    FoldLimits before = channelSettings.limits();
    FoldLimits limits = limits();
    history.trace("limits " + limits);
    history.counts().add(change(limits.maxMessageBytes(), before.maxMessageBytes()));
    judgeBy(limits);
  }

  private static Happening change(int now, int before) {
    return now < before ? Happening.LIMIT_LOWERED : Happening.LIMIT_RAISED;
  }
}
