package io.holdfast.simulator;

import io.holdfast.fold.Part;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of a world, from its seed to its rest. */
final class History {
  static final int STEPS = 200;
  private static final int MIN_CLIENTS = 4;
  private static final int MIN_CHANNELS = 2;

  /** In how many histories there are shared objects, percent. */
  private static final int SHARING = 33;

  private final Dice dice;
  private final Counts counts = new Counts();
  private final Plant plant;
  private final boolean tracing;
  private final Turns turns;
  private final VirtualTime time;
  private final List<String> channelNames;
  private final Truth truth;
  private final Issuer issuer;
  private final Fleet fleet;
  private final Map<String, Client> clients = new LinkedHashMap<>();
  private final List<EventReader> readers = new ArrayList<>();
  private final Set<Wire> wires = new LinkedHashSet<>();
  private final Set<EventStream> streams = new LinkedHashSet<>();
  private final List<Operation> operations = new ArrayList<>();
  private final Transports transports = new Transports();
  private final Absences absences = new Absences();
  private final Unstored unstored = new Unstored();
  private final Moves moves;
  private final boolean sharing;
  private boolean healing;
  private boolean journalFailed;
  private long hurry;
  private @Nullable Broken broken;
  private long digest;

  /** The most bytes that came in one piece. */
  private long atOnce;

  /**
   * A world.
   *
   * @param nodes how many there are
   */
  History(long seed, int nodes, Plant plant, boolean tracing) {
    this.dice = new Dice(seed);
    this.plant = plant;
    this.tracing = tracing;
    this.turns = new Turns(dice);
    this.time = new VirtualTime(turns.takeOne());
    this.channelNames = List.of("one", "two", "three").subList(0, dice.between(MIN_CHANNELS, 3));
    this.truth = new Truth(channelNames, new Judging(), counts);
    this.issuer = new Issuer(dice, time, channelNames, counts);
    this.fleet = new Fleet(this, nodes, turns, time, dice);
    this.sharing = dice.percent(SHARING);
    int size = dice.between(MIN_CLIENTS, 6);
    for (int i = 0; i < size; i++) {
      SimAccess access = issuer.next(new SimAccess(ServerNode.APP, "c" + i, dice.percent(40)));
      Format format = dice.of(Format.JSON, Format.MSGPACK);
      boolean echo = dice.percent(80);
      Client client =
          new Client(
              this,
              access,
              format,
              echo,
              dice.of(0, 20, 40, 40, 100, 500),
              dice.of(0, 3_000, 15_000),
              looks(echo));
      client.comet(dice.of(0, 0, 30, 100));
      clients.put(access.clientId(), client);
    }
    for (int i = dice.of(0, 1, 1, 2); i > 0; i--) {
      readers.add(reader("r" + i));
    }
    this.moves = new Moves(this, dice);
  }

  private EventReader reader(String name) {
    List<Look> looks = new ArrayList<>();
    for (String channel : channelNames) {
      if (looks.isEmpty() || dice.percent(50)) {
        looks.add(dice.percent(70) ? Look.plain(channel) : Look.some(dice, channel).undiffering());
      }
    }
    SimAccess access = new SimAccess(ServerNode.APP, name, false);
    return new EventReader(this, access, looks, dice.percent(40));
  }

  /**
   * Every client looks at every channel, and at some in a second way.
   *
   * @param echo whether it hears itself, as whoever shares objects must
   */
  private List<Look> looks(boolean echo) {
    List<Look> looks = new ArrayList<>();
    for (String name : channelNames) {
      Look plain = Look.plain(name);
      looks.add(sharing && echo ? plain.sharing() : plain);
      if (dice.percent(25)) {
        looks.add(Look.some(dice, name));
      }
    }
    return looks;
  }

  private final class Judging implements Laws {
    private final Departures departures = new Departures(transports, time, this::patience);

    private long patience(String owner, String run) {
      return fleet.many()
          ? absences.patience(owner, run, time.now())
          : transports.bootedAt(run) + Configuration.EARLIER_BOOT_GRACE;
    }

    @Override
    public int leastMessageBytes() {
      return fleet.configuration().leastMessageBytes();
    }

    @Override
    public Unstored unstored() {
      return unstored;
    }

    @Override
    public Departures departures() {
      return departures;
    }

    @Override
    public void stored(TrueChannel channel, Part part) {
      if (tracing) {
        trace("stored in " + channel + ": " + part);
      }
    }
  }

  // ---- what the world is made of ----

  Transports transports() {
    return transports;
  }

  Absences absences() {
    return absences;
  }

  Unstored unstored() {
    return unstored;
  }

  Counts counts() {
    return counts;
  }

  Plant plant() {
    return plant;
  }

  Turns turns() {
    return turns;
  }

  VirtualTime time() {
    return time;
  }

  Truth truth() {
    return truth;
  }

  Fleet fleet() {
    return fleet;
  }

  Issuer issuer() {
    return issuer;
  }

  List<String> channelNames() {
    return channelNames;
  }

  List<Client> clients() {
    return List.copyOf(clients.values());
  }

  List<EventReader> readers() {
    return readers;
  }

  Client client(String name) {
    Client client = clients.get(name);
    if (client == null) {
      throw new IllegalArgumentException("no client " + name);
    }
    return client;
  }

  List<Operation> operations() {
    return operations;
  }

  /** Whether there are shared objects. */
  boolean sharing() {
    return sharing;
  }

  Moves moves() {
    return moves;
  }

  /** Differs between two runs unless every frame was the same. */
  long digest() {
    return digest;
  }

  // ---- running ----

  /** Runs it all; throws {@link Broken}. */
  void run() {
    clients.values().forEach(Client::connect);
    readers.forEach(EventReader::connect);
    for (int step = 0; step < STEPS; step++) {
      counts.add(Happening.STEP);
      moves.step();
      for (int tasks = dice.below(dice.of(3, 20, 60)); tasks > 0 && turns.runOne(); tasks--) {
        // the dice say which
      }
      moves.timePasses();
      if (step % 20 == 0) {
        fleet.nodes().forEach(this::weigh);
      }
      rethrow();
    }
    new AtRest(this).check();
  }

  private void weigh(ServerNode node) {
    if (!node.up()) {
      return;
    }
    for (String name : channelNames) {
      guarded(
          node.channels().load(new ChannelId(ServerNode.APP, name)),
          load -> {
            if (load != null) {
              MemoryBounded.within(name, load, node.settings(), atOnce);
            }
          });
    }
  }

  /** Looks at an answer when it comes; a failure of it is not of interest. */
  <T extends @Nullable Object> void guarded(CompletableFuture<T> answer, Consumer<T> then) {
    var _ =
        answer.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                try {
                  then.accept(value);
                } catch (Broken found) {
                  // a future would keep it to itself
                  broken = found;
                }
              }
            });
  }

  void rethrow() {
    if (broken != null) {
      throw broken;
    }
  }

  /** Time is to pass faster until so much of it is over. */
  void hurry(long ms) {
    hurry = Math.max(hurry, time.now() + ms);
  }

  boolean hurries() {
    return time.now() < hurry;
  }

  /** So many bytes of frames come in one piece, of which the node can leave nothing for later. */
  void comesAtOnce(long bytes) {
    atOnce = Math.max(atOnce, bytes);
  }

  /** What a client would do after a while. */
  void later(Runnable task) {
    time.after(healing ? 10 : dice.of(0, 50, 400, 2_000), task);
  }

  void heal() {
    healing = true;
    issuer.heal();
    wires.forEach(Wire::notice);
    wires.forEach(wire -> wire.slow(false));
    streams.forEach(EventStream::notice);
    streams.forEach(stream -> stream.slow(false));
  }

  // ---- sockets ----

  /** A socket to a node; null when none answers. */
  @Nullable Wire newWire(Client client) {
    ServerNode node = fleet.running(dice);
    TaskQueue up = node != null && turns.free() >= 2 ? turns.take() : null;
    TaskQueue down = up == null ? null : turns.take();
    if (node == null || up == null || down == null) {
      wires.forEach(Wire::notice);
      return null;
    }
    up.freeze(node.frozen());
    int watermark = dice.of(400, 1_500, 6_000);
    TaskQueue loop = node.loop(dice);
    Wire.Way way = new Wire.Way(node, up, down, loop, watermark);
    Wire wire =
        dice.percent(client.comet())
            ? new CometWire(this, client, dice, way)
            : new Wire(this, client, client.format(), way);
    wires.add(wire);
    return wire;
  }

  /** The sockets to a node. */
  List<Wire> wiresOf(ServerNode node) {
    return wires.stream().filter(wire -> wire.node() == node).toList();
  }

  /** A stream from a node; null when none answers. */
  @Nullable EventStream newStream(EventReader reader) {
    ServerNode node = fleet.running(dice);
    TaskQueue down = node != null && turns.free() >= 2 ? turns.take() : null;
    if (node == null || down == null) {
      return null;
    }
    int watermark = dice.of(400, 1_500, 6_000);
    EventStream stream = new EventStream(this, reader, node, node.loop(dice), down, watermark);
    streams.add(stream);
    return stream;
  }

  /** A reader has let go of a stream; whether the node has does not matter to anybody else. */
  void gone(EventStream stream) {
    if (!stream.silent()) {
      streams.remove(stream);
    }
  }

  void release(Wire wire, TaskQueue up, TaskQueue down) {
    if (wires.remove(wire)) {
      turns.giveBack(up);
      turns.giveBack(down);
    }
  }

  void nodeDied(ServerNode node) {
    trace(node.boot() + " is gone");
    wiresOf(node).forEach(wire -> wire.nodeDied(dice));
    List<EventStream> theirs = streams.stream().filter(stream -> stream.node() == node).toList();
    theirs.forEach(stream -> stream.nodeDied(dice));
    theirs.forEach(streams::remove);
    moves.nodeDied(node);
  }

  // ---- what clients ask and tell ----

  /** What a frame may be answered with; nothing if it has not been applied. */
  List<TrueChannel.Applied> made(Operation operation) {
    return operation.names().isEmpty()
        ? List.of()
        : truth
            .channel(operation.channel())
            .answers(
                operation.names().getLast(), operation.idempotencyKey(), operation.deletedBefore());
  }

  boolean applied(Operation operation) {
    return !made(operation).isEmpty();
  }

  void acked(Client client, Operation operation) {
    moves.acked(client, operation);
  }

  void refused(Operation operation, ErrorInfo error) {
    RefusedLeavesNoTrace.check(
        operation,
        error,
        truth.channel(operation.channel()),
        unstored,
        fleet.configuration().leastMembers(),
        operation.needs() != null
            && issuer.everLacked(operation.clientId(), operation.needs(), operation.channel()));
  }

  /** The engine fails a read, or does not know what became of a write. */
  void journalFails() {
    journalFailed = true;
  }

  /** A node that is behind what others have written begins a channel anew. */
  void channelFailed() {
    if (!journalFailed && !fleet.many()) {
      throw new Broken("channels live", "a channel failed and nothing was wrong with the disk");
    }
  }

  boolean journalFailed() {
    return journalFailed;
  }

  // ---- seeing what happens ----

  void trace(Client client, String direction, Frame frame) {
    digest = digest * 31 + direction.hashCode();
    digest = digest * 31 + frame.getClass().getSimpleName().hashCode();
    digest = digest * 31 + time.now();
    if (tracing) {
      trace(client.name() + " " + direction + " " + frame);
    }
  }

  boolean tracing() {
    return tracing;
  }

  void trace(String line) {
    if (tracing) {
      System.out.println(time.now() % 1_000_000_000L + " " + line);
    }
  }
}
