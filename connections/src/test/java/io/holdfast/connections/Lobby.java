package io.holdfast.connections;

import io.holdfast.channels.ChannelSettings;
import io.holdfast.channels.Channels;
import io.holdfast.channels.Lane;
import io.holdfast.channels.Street;
import io.holdfast.channels.World;
import io.holdfast.journal.ChannelId;
import io.holdfast.journal.MemoryDisk;
import io.holdfast.journal.MemoryJournal;
import io.holdfast.nodes.Nodes;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.PresenceMessage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One node with its connections, over a memory disk. */
final class Lobby {
  final World world;
  final Map<String, Access> tokens = new HashMap<>();
  final ConnectionSettings settings;
  private final MemoryDisk disk = new MemoryDisk();
  private int boots;
  private int named;
  MemoryJournal journal;
  Channels channels;
  Connections connections;

  Lobby() {
    this(ConnectionSettings.DEFAULT);
  }

  Lobby(ConnectionSettings settings) {
    this.settings = settings;
    this.world = new World();
    this.journal = new MemoryJournal(disk, world::now, world.thread());
    this.channels = channels();
    this.connections = connections(Nodes.alone("boot" + boots));
  }

  /** One of several nodes on one log; it has no disk of its own. */
  Lobby(Street street, Street.Lot lot) {
    this.settings = ConnectionSettings.DEFAULT;
    this.world = street.world;
    this.journal = new MemoryJournal(disk, world::now, world.thread());
    List<Lane> lanes = List.of(new Lane(world.thread()), new Lane(world.thread()));
    ChannelSettings standard = ChannelSettings.DEFAULT;
    this.channels =
        new Channels(
            lot.journal(), lanes, world, standard, channel -> standard.limits(), lot.nodes);
    this.connections = connections(lot.nodes);
  }

  private Channels channels() {
    List<Lane> lanes = List.of(new Lane(world.thread()), new Lane(world.thread()));
    return new Channels(journal, lanes, world, ChannelSettings.DEFAULT, "boot" + boots);
  }

  private Connections connections(Nodes nodes) {
    return new Connections(
        channels,
        world,
        settings,
        new Stamp(),
        this::judge,
        (app, channel) -> !channel.startsWith("fixed"),
        () -> nodes.boot() + "conn" + named++,
        nodes,
        "site");
  }

  private Reauthentication.Outcome judge(String token) {
    Access access = tokens.get(token);
    return access == null
        ? new Reauthentication.Outcome.Refused(ErrorCode.INVALID_TOKEN.info())
        : new Reauthentication.Outcome.Granted(access);
  }

  /** A process killed and started again over the same disk. */
  void restart() {
    journal.crash();
    world.die();
    boots++;
    journal = new MemoryJournal(disk, world::now, world.thread());
    channels = channels();
    connections = connections(Nodes.alone("boot" + boots));
  }

  /** Seals by a sum that nobody forges by accident. */
  static final class Stamp implements Sealer {
    @Override
    public byte[] seal(byte[] payload) {
      byte[] sealed = Arrays.copyOf(payload, payload.length + 4);
      int sum = Arrays.hashCode(payload);
      for (int i = 0; i < 4; i++) {
        sealed[payload.length + i] = (byte) (sum >> (8 * i));
      }
      return sealed;
    }

    @Override
    public byte @Nullable [] open(byte[] sealed) {
      if (sealed.length < 4) {
        return null;
      }
      byte[] payload = Arrays.copyOf(sealed, sealed.length - 4);
      return Arrays.equals(seal(payload), sealed) ? payload : null;
    }
  }

  Client client() {
    return client(Pass.named("me"));
  }

  Client client(Access access) {
    return new Client(this, access);
  }

  List<String> members(String channel) {
    var members = channels.members(new ChannelId("app", channel));
    world.run();
    return members.join().stream()
        .map(PresenceMessage::clientId)
        .map(Objects::requireNonNull)
        .toList();
  }
}
