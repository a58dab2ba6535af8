package io.holdfast.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.channels.ChannelSettings;
import io.holdfast.channels.Channels;
import io.holdfast.channels.Lane;
import io.holdfast.channels.World;
import io.holdfast.connections.Access;
import io.holdfast.connections.ConnectRequest;
import io.holdfast.connections.ConnectionSettings;
import io.holdfast.connections.Connections;
import io.holdfast.connections.Reauthentication;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.nodes.Nodes;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.Format;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Two clients say anything at all to a node, in any order and with cuts, and then go away. */
public final class Conversations {
  private static final int ECHO = 1;
  private static final int HEARTBEATS = 2;
  private static final int WINDOW = 4;
  private static final int READER = 8;
  private static final int PACED = 16;
  private static final int NAMELESS = 32;
  private static final int MAX_WAITING = 1_000;
  private static final int LIFE = 60_000;
  private static final Faults FAULTS = Faults.heard();

  private final World world = new World();
  private final int who;
  private final Channels channels;
  private final Connections connections;

  /** What has come for a socket that is not read. */
  private final Queue<Runnable> unread = new ArrayDeque<>();

  private Peer talker;
  private Peer other;
  private boolean stalled;
  private int named;

  private Conversations(int who) {
    this.who = who;
    MemoryJournal journal = new MemoryJournal(new MemoryDisk(), world::now, world.thread());
    List<Lane> lanes = List.of(new Lane(world.thread()), new Lane(world.thread()));
    channels = new Channels(journal, lanes, world, ChannelSettings.DEFAULT, "boot");
    connections =
        new Connections(
            channels,
            world,
            settings(),
            new Stamp(),
            token ->
                token.startsWith("good")
                    ? new Reauthentication.Outcome.Granted(access(token.length()))
                    : new Reauthentication.Outcome.Refused(ErrorCode.INVALID_TOKEN.info()),
            (app, channel) -> !channel.startsWith("fixed"),
            () -> "conn" + named++,
            Nodes.alone("boot"),
            "site");
    talker = came(null, null);
    other = new Peer(world.thread());
    other.open(
        connections,
        new ConnectRequest(new Rights("bob", true, 0), true, true, null, null, 0, 1_000));
    world.run();
  }

  /** Loads what there is, which takes longer than any input may. */
  public static void fuzzerInitialize() {
    Seeds.conversations().values().forEach(Conversations::fuzzerTestOneInput);
  }

  public static void fuzzerTestOneInput(byte[] input) {
    Conversations conversation = new Conversations(Script.who(input));
    Script.play(input, conversation::step, conversation.world::run);
    conversation.end();
    FAULTS.check();
  }

  /** The serial of what was published last in a conversation. */
  static String serial(byte[] script) {
    Conversations conversation = new Conversations(Script.who(script));
    Script.play(script, conversation::step, conversation.world::run);
    return String.valueOf(conversation.talker.serial());
  }

  private boolean is(int trait) {
    return (who & trait) != 0;
  }

  private ConnectionSettings settings() {
    ConnectionSettings d = ConnectionSettings.DEFAULT;
    int rate = is(PACED) ? 2 : 0;
    return new ConnectionSettings(
        d.maxMessageSize(),
        d.maxFrameSize(),
        d.stateTtl(),
        d.maxIdle(),
        20,
        d.maxUnackedBytes(),
        d.maxNodeUnackedBytes(),
        d.ackTimeout(),
        10,
        rate,
        rate,
        d.serverId());
  }

  private Access access(int more) {
    String name = is(NAMELESS) ? null : more % 2 == 0 ? "ada" : Access.ANY_CLIENT;
    return new Rights(name, !is(READER), more % 3 == 1 ? world.now() + LIFE : 0);
  }

  private Peer came(@Nullable String resume, @Nullable String recover) {
    Peer peer = new Peer(world.thread());
    int window = is(WINDOW) ? ConnectRequest.DEFAULT_ROLLUP_WINDOW : 0;
    peer.open(
        connections,
        new ConnectRequest(access(0), is(ECHO), is(HEARTBEATS), resume, recover, window, 1_000));
    return peer;
  }

  private void step(Script.Step step, byte[] with) {
    switch (step) {
      case JSON -> says(talker, Format.JSON, with);
      case MSGPACK -> says(talker, Format.MSGPACK, with);
      case OTHERS_JSON -> says(other, Format.JSON, with);
      case OTHERS_MSGPACK -> says(other, Format.MSGPACK, with);
      case TIME -> {
        talker.alive();
        world.pass(with.length == 0 ? 1 : (with[0] & 0xff) * (long) with.length);
        read();
      }
      case COME_BACK -> comeBack(with);
      case STALL -> {
        stalled = !stalled;
        talker.stall(stalled);
      }
      case FILTER -> {
        String name = "[filter=" + Base64.getEncoder().encodeToString(with) + "]room";
        says(other, Format.JSON, ("{\"action\":10,\"channel\":\"" + name + "\"}").getBytes(UTF_8));
      }
    }
  }

  private void says(Peer peer, Format format, byte[] frame) {
    if (!peer.receive(format, frame) && !peer.closed() && unread.size() < MAX_WAITING) {
      unread.add(() -> says(peer, format, frame));
    }
  }

  /** What waited is read as far as it goes. */
  private void read() {
    for (int left = unread.size(); left > 0; left--) {
      unread.remove().run();
    }
  }

  /** The socket breaks, or not, and the client is back with its key or with anything else. */
  private void comeBack(byte[] with) {
    int how = with.length == 0 ? 0 : with[0];
    String key = talker.key();
    if (with.length > 1) {
      key = new String(Arrays.copyOfRange(with, 1, with.length), UTF_8);
    }
    if ((how & 1) == 0) {
      talker.cut();
    }
    talker = (how & 2) == 0 ? came(key, null) : came(null, key);
    stalled = false;
  }

  /** Everybody leaves, and nothing is left behind. */
  private void end() {
    world.run();
    read();
    world.run();
    talker.cut();
    other.cut();
    world.pass(ConnectionSettings.DEFAULT.stateTtl() + LIFE);
    // what is said of a channel's end keeps the channel that tells it for one round more
    for (int round = 0; round < 4; round++) {
      channels.retireIdle();
      world.pass(ChannelSettings.DEFAULT.idle() + 1);
    }
    channels.retireIdle();
    world.run();
    if (connections.size() != 0 || !channels.open().isEmpty()) {
      throw new AssertionError(
          connections.size() + " connections are left and the channels " + channels.open());
    }
  }
}
