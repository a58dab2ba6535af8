package io.holdfast.simulator;

import io.holdfast.connections.ChannelNames;
import io.holdfast.connections.ConnectRequest;
import io.holdfast.connections.Link;
import io.holdfast.connections.Transport;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A socket between a client and the node: bytes in order both ways, until it is cut. */
sealed class Wire implements Transport permits CometWire {
  /**
   * Where it leads, and what waits on it.
   *
   * @param watermark how much may be under way to the client, bytes
   */
  record Way(ServerNode node, TaskQueue up, TaskQueue down, TaskQueue loop, int watermark) {}

  final History history;
  final ServerNode node;
  final TaskQueue up;
  final TaskQueue down;
  final TaskQueue loop;
  final List<SharedFrame> unflushed = new ArrayList<>();
  private final Client client;
  private final Format format;
  private final int watermark;
  private final AcksInOrder acks = new AcksInOrder();
  private final RightsTrue rights;
  private boolean goesOn;
  private KeyPeek.@Nullable Seen seen;
  @Nullable Link link;
  int inFlight;
  boolean severed;
  boolean closed;
  boolean clientGone;
  private boolean silent;

  Wire(History history, Client client, Format format, Way way) {
    this.history = history;
    this.client = client;
    this.rights = new RightsTrue(client.name());
    this.node = way.node();
    this.up = way.up();
    this.down = way.down();
    this.loop = way.loop();
    this.format = format;
    this.watermark = way.watermark();
  }

  ServerNode node() {
    return node;
  }

  Client client() {
    return client;
  }

  AcksInOrder acks() {
    return acks;
  }

  // ---- the client's end ----

  /** What the node has been told of rights on it. */
  RightsTrue rights() {
    return rights;
  }

  void open(ConnectRequest request) {
    up.execute(
        () -> {
          if (!closed) {
            begins(request);
            link = node.open(this, request);
          }
        });
  }

  void send(Frame frame) {
    if (severed || clientGone) {
      return;
    }
    history.trace(client, ">>", frame);
    byte[] bytes = FrameCodec.encode(frame, format);
    up.add(
        new Task(
            () -> {
              if (link != null && !closed) {
                heard(frame);
                link.received(FrameCodec.decode(format, bytes), bytes.length);
              }
            },
            bytes.length));
  }

  final void heard(Frame frame) {
    if (frame instanceof Frame.Auth && rights.attaching()) {
      history.counts().add(Happening.CREDENTIALS_WHILE_ATTACHING);
    }
    rights.heard(frame, history.issuer());
    KeyPeek.Seen by = seen;
    if (by == null) {
      return;
    }
    Transports transports = history.transports();
    if (frame instanceof Frame.Presence said) {
      transports.heard(new FrameKey(by.connectionId(), by.life(), said.msgSerial()));
    } else if (frame instanceof Frame.Detach detach) {
      letGo(by.connectionId(), detach.channel());
    } else if (frame instanceof Frame.Attach attach && rights.refuses(attach)) {
      letGo(by.connectionId(), attach.channel());
    } else if (frame instanceof Frame.Close) {
      transports.closed(by.connectionId());
    }
  }

  /** A client comes to the node. */
  final void begins(ConnectRequest request) {
    goesOn = request.resume() != null || request.recover() != null;
    rights.opened((SimAccess) request.access());
  }

  /**
   * A name of a channel ends. By which it has members there the node does not know of a client that
   * goes on from an earlier run: they may leave with any.
   */
  private void letGo(String connectionId, String name) {
    Transports transports = history.transports();
    transports.detached(connectionId, name);
    if (goesOn) {
      transports.detached(connectionId, ChannelNames.plain(name));
    }
  }

  private void told(Frame frame) {
    Transports transports = history.transports();
    if (frame instanceof Frame.Connected connected) {
      seen = KeyPeek.look(connected.details().connectionKey());
      transports.opened(seen.owner(), client.remainPresentFor());
    } else if (frame instanceof Frame.Attached attached
        && seen != null
        && (attached.flags() & Flags.RESUMED) != 0) {
      transports.resumed(
          seen.connectionId(), attached.channel(), seen.owner(), history.time().now());
    } else if (frame instanceof Frame.ProtocolError error && seen != null) {
      if (error.channel() == null) {
        transports.closed(seen.connectionId());
      } else {
        letGo(seen.connectionId(), error.channel());
      }
    } else if (frame instanceof Frame.Detached detached
        && seen != null
        && rights.membersLeave(detached.channel())) {
      transports.detached(seen.connectionId(), detached.channel());
    }
  }

  /**
   * Members leave before it is told, where the credentials that are taken now do not let them be.
   */
  private void membersMayGo(String connectionId) {
    for (String channel : history.channelNames()) {
      if (rights.membersLeave(channel)) {
        history.transports().detached(connectionId, channel);
      }
    }
  }

  /** The node has let go of it. */
  final void ended() {
    closed = true;
    if (seen != null) {
      history.transports().lost(seen.owner(), history.time().now());
    }
  }

  /** The node's process stops, or goes on. */
  void freeze(boolean now) {
    up.freeze(now);
  }

  /** The client stops or begins reading. */
  void slow(boolean slow) {
    down.pause(slow);
  }

  /** The client's process or its socket ends; the node hears of it behind what was sent. */
  void hangUp() {
    clientGone = true;
    down.pause(false);
    down.clear();
    soonLost();
  }

  /** The node is to find out behind what was sent. */
  void soonLost() {
    up.execute(this::lost);
  }

  /**
   * The network fails: some of what is under way is lost in both directions, and each end notices
   * behind the rest.
   *
   * @param unnoticed the node does not notice by itself
   */
  void cut(Dice dice, boolean unnoticed) {
    if (severed) {
      return;
    }
    severed = true;
    up.keepOldest(dice.below(up.size() + 1));
    down.keepOldest(dice.below(down.size() + 1));
    down.pause(false);
    silent = unnoticed;
    if (!unnoticed) {
      soonLost();
    }
    if (!clientGone) {
      down.execute(this::gone);
    }
  }

  final void lost() {
    if (!closed) {
      ended();
      if (link != null) {
        link.lost();
      }
    }
    up.clear();
    release();
  }

  final void gone() {
    clientGone = true;
    client.disconnected(this);
    release();
  }

  /** The node finds out at last. */
  void notice() {
    if (silent) {
      silent = false;
      up.execute(this::lost);
    }
  }

  /** The node is gone with all it had not sent. */
  void nodeDied(Dice dice) {
    ended();
    up.clear();
    unflushed.clear();
    if (clientGone) {
      release();
    } else if (!severed) {
      severed = true;
      down.keepOldest(dice.below(down.size() + 1));
      down.pause(false);
      down.execute(this::gone);
    }
  }

  final void release() {
    if (closed && clientGone) {
      history.release(this, up, down);
    }
  }

  private void pong() {
    if (link != null && !closed) {
      link.alive();
    }
  }

  // ---- the node's end ----

  @Override
  public Executor executor() {
    return loop;
  }

  @Override
  public Format format() {
    return format;
  }

  @Override
  public boolean writable() {
    return history.plant().writable(hasRoom());
  }

  final boolean hasRoom() {
    return inFlight < watermark;
  }

  @Override
  public void write(SharedFrame frame) {
    if (closed) {
      return;
    }
    MemoryBounded.written(frame.frame(), hasRoom());
    boolean again = seen != null && frame.frame() instanceof Frame.Connected;
    told(frame.frame());
    for (SharedFrame planted : history.plant().out(this, frame)) {
      boolean before = hasRoom();
      int size = planted.size(format);
      history.trace(client, "<<", planted.frame());
      rights.told(planted.frame(), seen == null ? null : seen.connectionId());
      if (again && seen != null) {
        membersMayGo(seen.connectionId());
      }
      if (planted.frame() instanceof Frame.Disconnected gone
          && gone.error() != null
          && ErrorCode.of(gone.error().code()) == ErrorCode.SUPERSEDED) {
        history.counts().add(Happening.SUPERSEDED_TRANSPORT);
      }
      inFlight += size;
      unflushed.add(planted);
      if (before && !hasRoom()) {
        loop.execute(this::writabilityChanged);
      }
    }
  }

  final void writabilityChanged() {
    if (link != null && !closed) {
      link.writabilityChanged();
    }
  }

  @Override
  public void flush() {
    if (closed) {
      return;
    }
    for (SharedFrame frame : unflushed) {
      int size = frame.size(format);
      if (!severed && !clientGone) {
        down.add(new Task(() -> arrived(frame, size), size));
      }
    }
    unflushed.clear();
  }

  private void arrived(SharedFrame frame, int size) {
    boolean before = hasRoom();
    inFlight -= size;
    if (!before && hasRoom() && !closed) {
      loop.execute(this::writabilityChanged);
    }
    read(frame);
  }

  /** The client reads a frame. */
  final void read(SharedFrame frame) {
    // everybody's bytes are the same, so they are read once
    Decoded decoded = frame.view(format, bytes -> FrameCodec.decode(format, bytes));
    if (!(decoded instanceof Decoded.Ok ok)) {
      throw new Broken("readable", "the node sent " + decoded);
    }
    client.received(this, ok.frame());
  }

  @Override
  public void ping() {
    if (!severed && !clientGone && !closed) {
      down.execute(() -> up.execute(this::pong));
    }
  }

  @Override
  public void reading(boolean on) {
    if (!closed) {
      up.pause(!on);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    flush();
    ended();
    up.clear();
    up.pause(false);
    if (clientGone) {
      release();
    } else if (!severed) {
      down.execute(this::gone);
    }
  }
}
