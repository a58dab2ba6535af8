package io.holdfast.simulator;

import io.holdfast.channels.ChannelSettings;
import io.holdfast.channels.Channels;
import io.holdfast.channels.Lane;
import io.holdfast.channels.Timers;
import io.holdfast.connections.ConnectRequest;
import io.holdfast.connections.Connections;
import io.holdfast.connections.Link;
import io.holdfast.connections.RestPublishing;
import io.holdfast.connections.Transport;
import io.holdfast.fold.Cursor;
import io.holdfast.journal.Journal;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node under test: the real one, over an engine that outlives its runs. */
final class ServerNode {
  static final String APP = "sim";

  private final History history;
  private final Fleet fleet;
  private final Engine engine;
  private final VirtualTime time;
  private final List<TaskQueue> lanes;
  private final List<TaskQueue> loops;
  private final @Nullable Grapevine grapevine;

  /** What it hears of the others; nobody's where there are none. */
  private final @Nullable TaskQueue heard;

  private final List<Runnable> due = new ArrayList<>();
  private boolean up;
  private boolean draining;
  private boolean frozen;
  private Run run;

  /** One run, from start to crash. */
  private record Run(
      String boot,
      VirtualTime.OfBoot timers,
      FaultyJournal faulty,
      ChannelSettings settings,
      Channels channels,
      Connections connections,
      RestPublishing rest,
      Colleagues colleagues) {}

  ServerNode(
      History history,
      Fleet fleet,
      Engine engine,
      @Nullable Grapevine grapevine,
      Turns turns,
      VirtualTime time) {
    this.history = history;
    this.fleet = fleet;
    this.engine = engine;
    this.time = time;
    this.lanes = List.of(turns.takeOne(), turns.takeOne());
    this.loops = List.of(turns.takeOne(), turns.takeOne());
    this.grapevine = grapevine;
    this.heard = grapevine == null ? null : turns.takeOne();
    this.run = begin();
  }

  private Run begin() {
    up = true;
    String boot = fleet.newBoot();
    VirtualTime.OfBoot timers = time.new OfBoot(this::whenAwake);
    Journal journal = engine.open(timers);
    history.transports().booted(boot, time.now());
    FaultyJournal faulty =
        new FaultyJournal(
            new WatchedJournal(journal, history.truth(), history.counts()), history.unstored());
    Colleagues colleagues = colleagues(boot, timers);
    ChannelSettings settings = fleet.configuration().channels();
    Channels channels =
        new Channels(
            history.plant().journal(faulty, engine.commits()),
            lanes.stream().map(Lane::new).toList(),
            timers,
            settings,
            id -> settings.limits(),
            colleagues.nodes());
    Connections connections =
        new Connections(
            channels,
            timers,
            fleet.configuration().connections(),
            fleet.sealer(),
            history.issuer()::authenticate,
            (app, channel) -> true,
            fleet::newId,
            colleagues.nodes(),
            Cursor.site(journal.generation()));
    RestPublishing rest = new RestPublishing(connections, fleet::newId);
    return new Run(boot, timers, faulty, settings, channels, connections, rest, colleagues);
  }

  private Colleagues colleagues(String boot, Timers timers) {
    return grapevine == null || heard == null
        ? Colleagues.none(boot)
        : grapevine.join(boot, timers, heard);
  }

  boolean up() {
    return up;
  }

  boolean draining() {
    return draining;
  }

  /** The name of its run. */
  String boot() {
    return run.boot();
  }

  /** What its run is configured with. */
  ChannelSettings settings() {
    return run.settings();
  }

  TaskQueue loop(Dice dice) {
    return dice.of(loops);
  }

  Engine engine() {
    return engine;
  }

  FaultyJournal faulty() {
    return run.faulty();
  }

  Channels channels() {
    return run.channels();
  }

  Colleagues colleagues() {
    return run.colleagues();
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

  // ---- its process ----

  /** Killed between two steps. */
  void crash() {
    engine.crash();
    run.colleagues().crash();
    gone();
  }

  /** Asks everybody to leave. */
  void drain() {
    draining = true;
    run.channels().flushAllRollups();
    run.connections().drain(500);
  }

  /** Ends in good order. */
  void stop() {
    engine.close();
    run.colleagues().sayGoodbye();
    gone();
  }

  private void gone() {
    up = false;
    draining = false;
    freeze(false);
    due.clear();
    run.timers().end();
    history.absences().away(run.boot(), time.now(), Long.MAX_VALUE);
    tasks().forEach(TaskQueue::clear);
    history.nodeDied(this);
  }

  private List<TaskQueue> tasks() {
    List<TaskQueue> all = new ArrayList<>(lanes);
    all.addAll(loops);
    all.addAll(engine.tasks());
    if (heard != null) {
      all.add(heard);
    }
    return all;
  }

  void restart() {
    if (!up) {
      run = begin();
      review();
    }
  }

  /** Stops the process where it is, or lets it go on: with all that has come due meanwhile. */
  void freeze(boolean now) {
    if (frozen == now) {
      return;
    }
    frozen = now;
    tasks().forEach(queue -> queue.freeze(now));
    history.wiresOf(this).forEach(wire -> wire.freeze(now));
    if (!now) {
      List<Runnable> waited = List.copyOf(due);
      due.clear();
      waited.forEach(task -> time.after(0, task));
    }
  }

  boolean frozen() {
    return frozen;
  }

  /** Hears what the others have said, if it runs. */
  void listen() {
    if (heard != null) {
      heard.runDry();
    }
  }

  /** Runs what comes from a timer of the process. */
  void whenAwake(Runnable task) {
    if (frozen) {
      due.add(task);
    } else {
      task.run();
    }
  }
}
