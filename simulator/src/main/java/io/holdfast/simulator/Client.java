package io.holdfast.simulator;

import io.holdfast.connections.ConnectRequest;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client as the published SDKs are: keeps its key, numbers its frames, sends again what was not
 * answered before it attaches anew, and gives up nothing by itself.
 */
final class Client {
  enum State {
    DISCONNECTED,
    CONNECTING,
    CONNECTED,
    CLOSING
  }

  private final History history;
  private final String name;
  private final Wallet wallet;
  private final Format format;
  private final boolean echo;
  private final int rollupWindow;
  private final int remainPresentFor;
  private final Counts counts;
  private final Map<String, ClientChannel> channels = new LinkedHashMap<>();
  private final Set<String> connectionIds = new HashSet<>();
  private final Deque<Operation> queued = new ArrayDeque<>();
  private final Deque<Operation> unacked = new ArrayDeque<>();
  private State state = State.DISCONNECTED;
  private @Nullable Wire wire;
  private @Nullable String key;
  private @Nullable String connectionId;
  private int comet;
  private boolean byComet;
  private boolean recovering;
  private long incarnation;
  private long msgSerial;

  Client(
      History history,
      SimAccess access,
      Format format,
      boolean echo,
      int rollupWindow,
      int remainPresentFor,
      List<Look> looks) {
    this.history = history;
    this.name = access.clientId();
    this.wallet = new Wallet(history.issuer(), history.counts(), access);
    this.format = format;
    this.echo = echo;
    this.rollupWindow = rollupWindow;
    this.remainPresentFor = remainPresentFor;
    this.counts = history.counts();
    for (Look look : looks) {
      TrueChannel truth = history.truth().channel(look.channel());
      ClientChannel channel = new ClientChannel(this, look, truth, counts);
      channels.put(look.given(), channel);
      if (look.modes() != 0) {
        channel.want();
      }
    }
  }

  String name() {
    return name;
  }

  SimAccess access() {
    return wallet.access();
  }

  Format format() {
    return format;
  }

  boolean echo() {
    return echo;
  }

  /** How often its network lets no socket through, percent. */
  void comet(int percent) {
    comet = percent;
  }

  int comet() {
    return comet;
  }

  State state() {
    return state;
  }

  /** How long its members stay when its connection is lost, ms. */
  int remainPresentFor() {
    return remainPresentFor;
  }

  boolean connected() {
    return state == State.CONNECTED;
  }

  @Nullable String connectionId() {
    return connectionId;
  }

  /** Connections whose messages it does not want to hear. */
  Set<String> unheard() {
    return echo ? Set.of() : connectionIds;
  }

  @Nullable Wire wire() {
    return wire;
  }

  ClientChannel channel(String name) {
    ClientChannel channel = channels.get(name);
    if (channel == null) {
      throw new IllegalArgumentException("no channel " + name);
    }
    return channel;
  }

  List<ClientChannel> looks() {
    return List.copyOf(channels.values());
  }

  Iterable<ClientChannel> channels() {
    return channels.values();
  }

  /** Whether it has taken up the connection of a process before. */
  boolean recovered() {
    return incarnation > 0;
  }

  /** Whether a presence frame of a channel is unanswered. */
  boolean isEntering(String channel) {
    return unacked.stream()
        .anyMatch(
            operation ->
                operation.kind() == Operation.Kind.PRESENCE && operation.channel().equals(channel));
  }

  boolean waiting() {
    return !unacked.isEmpty() || !queued.isEmpty();
  }

  /** What it waits for most, for people. */
  @Nullable Operation first() {
    return unacked.isEmpty() ? queued.peek() : unacked.peek();
  }

  // ---- connecting ----

  /** Whether there are several nodes. */
  boolean amongNodes() {
    return history.fleet().many();
  }

  void connect() {
    if (state != State.DISCONNECTED) {
      return;
    }
    Wire next = history.newWire(this);
    if (next == null) {
      history.later(this::connect);
      return;
    }
    wire = next;
    state = State.CONNECTING;
    next.open(
        new ConnectRequest(
            wallet.forConnecting(),
            echo,
            false,
            recovering ? null : key,
            recovering ? key : null,
            rollupWindow,
            remainPresentFor));
  }

  /** The socket is gone; comes back after a while. */
  void disconnected(Wire lost) {
    if (lost != wire) {
      return;
    }
    wire = null;
    if (state == State.CLOSING) {
      closed();
    }
    state = State.DISCONNECTED;
    history.later(this::connect);
  }

  /** Drops the socket itself, in a way that the node sees or does not see. */
  void drop(Dice dice, boolean unnoticed) {
    Wire lost = wire;
    if (lost != null && state != State.CLOSING) {
      lost.cut(dice, unnoticed);
    }
  }

  /** What a client may keep for the process after it (RTN16g). */
  record RecoveryKey(
      String connectionId, String key, long msgSerial, Map<String, String> channelSerials) {}

  /** What it would keep now; null when it is not connected. */
  @Nullable RecoveryKey recoveryKey() {
    String now = key;
    String connection = connectionId;
    if (now == null || connection == null) {
      return null;
    }
    Map<String, String> serials = new LinkedHashMap<>();
    for (ClientChannel channel : channels.values()) {
      String serial = channel.wanted() ? channel.channelSerial() : null;
      if (serial != null) {
        serials.put(channel.name(), serial);
      }
    }
    return new RecoveryKey(connection, now, msgSerial, serials);
  }

  /** The process ends; another one takes over where it was by its key, or begins anew. */
  void crash(@Nullable RecoveryKey kept) {
    Wire lost = wire;
    wire = null;
    if (lost != null) {
      lost.hangUp();
    }
    channels.values().forEach(channel -> channel.own().unheard(unheard(channel)));
    giveUp();
    recovering = kept != null;
    if (kept == null || !kept.connectionId().equals(connectionId)) {
      // of the one it was before nobody knows any more what was said
      beginAnew(kept != null);
    }
    key = kept == null ? null : kept.key();
    connectionId = kept == null ? null : kept.connectionId();
    msgSerial = kept == null ? 0 : kept.msgSerial();
    for (ClientChannel channel : channels.values()) {
      channel.recover(kept == null ? null : kept.channelSerials().get(channel.name()));
    }
    if (state != State.DISCONNECTED) {
      state = State.DISCONNECTED;
      history.later(this::connect);
    }
  }

  /**
   * Whether the process does not know if it is present: a frame or a DETACH is unanswered. If the
   * DETACH was lost with the socket, whoever goes on from an older key is present still.
   */
  private boolean unheard(ClientChannel channel) {
    return isEntering(channel.name()) || channel.state() == ClientChannel.State.DETACHING;
  }

  /** Nobody will hear what became of what was sent. */
  private void giveUp() {
    unacked.forEach(operation -> operation.end(Operation.Outcome.UNKNOWN));
    queued.forEach(operation -> operation.end(Operation.Outcome.UNKNOWN));
    unacked.clear();
    queued.clear();
  }

  void close() {
    Wire open = wire;
    if (state == State.CONNECTED && open != null) {
      state = State.CLOSING;
      open.send(new Frame.Close());
    }
  }

  private void closed() {
    giveUp();
    key = null;
    connectionId = null;
    recovering = false;
    channels.values().forEach(ClientChannel::forget);
    beginAnew(false);
  }

  private void connected(Frame.Connected frame) {
    ObjectsTrue.site(history.truth(), frame.details().siteCode());
    String before = connectionId;
    boolean same = frame.connectionId().equals(before);
    if (state == State.CLOSING) {
      // what it has shown last is taken, and it wants no more
      wallet.confirmed();
      return;
    }
    if (state == State.CONNECTED) {
      if (!same || frame.details().connectionKey().equals(key)) {
        throw new Broken("connections go on", name() + " got " + frame + " after " + before);
      }
      counts.add(Happening.REAUTHENTICATION);
      wallet.confirmed();
      key = frame.details().connectionKey();
      return;
    }
    wallet.confirmed();
    count(before, same);
    String earlier = key;
    if (same && earlier != null && isElsewhere(earlier, frame.details().connectionKey())) {
      counts.add(Happening.RESUMED_ELSEWHERE);
    }
    boolean now = wire instanceof CometWire;
    if (same && now != byComet) {
      counts.add(Happening.TRANSPORT_CHANGED);
    }
    byComet = now;
    if (!same) {
      if (before != null || !recovering) {
        msgSerial = 0;
      }
      unacked.forEach(this::renumber);
    }
    if (!same) {
      beginAnew(false);
    }
    connectionId = frame.connectionId();
    connectionIds.add(frame.connectionId());
    key = frame.details().connectionKey();
    boolean mistaken = history.plant().mistakesLives();
    if (recovering && same) {
      // a new process has something to say of itself
      history.moves().speakSoon(this);
    }
    incarnation = mistaken ? 0 : KeyPeek.look(frame.details().connectionKey()).life();
    recovering = false;
    state = State.CONNECTED;
    sendAgain();
    for (ClientChannel channel : channels.values()) {
      if (channel.wanted()) {
        attach(channel, 0);
      } else if (channel.state() == ClientChannel.State.DETACHING) {
        raw(channel.detach());
      }
    }
  }

  /** Shows other credentials on the connection that it has. */
  void reauthenticate() {
    if (state == State.CONNECTED) {
      raw(wallet.another());
    }
  }

  private void beginAnew(boolean unknown) {
    for (ClientChannel channel : channels.values()) {
      channel.own().newConnection(unknown || isEntering(channel.name()));
    }
  }

  private static boolean isElsewhere(String before, String now) {
    return !KeyPeek.look(before).owner().boot().equals(KeyPeek.look(now).owner().boot());
  }

  private void count(@Nullable String before, boolean same) {
    if (before != null) {
      Happening how = recovering ? Happening.RECOVERED_CONNECTION : Happening.RESUMED_CONNECTION;
      counts.add(same ? how : Happening.REFUSED_RESUME);
    }
  }

  private void renumber(Operation operation) {
    if (operation.numbered()) {
      counts.add(Happening.RENUMBERED_FRAME);
      operation.number(-1);
    }
  }

  private void sendAgain() {
    List<Operation> all = new ArrayList<>(unacked);
    counts.add(Happening.RESENT_FRAME, all.size());
    for (Operation again : all) {
      if (again.numbered() && history.applied(again)) {
        counts.add(Happening.RESEND_ANSWERED_FROM_MARKS);
      }
    }
    all.addAll(queued);
    unacked.clear();
    queued.clear();
    all.forEach(this::send);
  }

  // ---- sending ----

  void send(Operation operation) {
    Wire open = wire;
    String connection = connectionId;
    if (state != State.CONNECTED || open == null || connection == null) {
      queued.add(operation);
      return;
    }
    if (!operation.numbered()) {
      operation.number(msgSerial++);
    }
    operation.sentAs(
        new FrameKey(connection, incarnation, operation.msgSerial()),
        channel(operation.channel()).own().stay(),
        history.truth().channel(operation.channel()).deletedThrough());
    if (operation.kind() == Operation.Kind.EPHEMERAL && operation.sends() == 2) {
      counts.add(Happening.EPHEMERAL_RESENT);
    }
    unacked.add(operation);
    open.acks().sent(operation.msgSerial());
    open.send(operation.frame());
  }

  /** A frame that is not answered with an ACK. */
  void raw(Frame frame) {
    Wire open = wire;
    if (state == State.CONNECTED && open != null) {
      open.send(frame);
    }
  }

  void attach(ClientChannel channel, int rewind) {
    raw(channel.attach(rewind));
  }

  // ---- receiving ----

  void received(Wire from, Frame frame) {
    if (from != wire) {
      return;
    }
    switch (frame) {
      case Frame.Connected connected -> connected(connected);
      case Frame.Ack ack -> acked(from, ack);
      case Frame.Nack nack -> nacked(from, nack);
      case Frame.Messages messages -> channel(messages.channel()).messages(messages);
      case Frame.Presence presence -> channel(presence.channel()).presence(presence, connectionId);
      case Frame.Sync sync -> channel(sync.channel()).sync(sync, connectionId);
      case Frame.Attached attached -> attached(channel(attached.channel()), attached);
      case Frame.Detached detached -> detached(channel(detached.channel()));
      case Frame.Disconnected disconnected -> told(disconnected.error());
      case Frame.Closed closed -> counts.add(Happening.CLOSE);
      case Frame.Heartbeat beat -> {
        // a sign of life
      }
      case Frame.ProtocolError error -> refused(error);
      case Frame.Auth asked -> {
        counts.add(Happening.ASKED_FOR_CREDENTIALS);
        history.later(this::reauthenticate);
      }
      case Frame.Annotations a -> throw unexpected(a);
      case Frame.Objects objects -> channel(objects.channel()).objects(objects);
      case Frame.ObjectSync sync -> channel(sync.channel()).objectSync(sync);
      case Frame.Attach a -> throw unexpected(a);
      case Frame.Detach a -> throw unexpected(a);
      case Frame.Close a -> throw unexpected(a);
      case Frame.Disconnect a -> throw unexpected(a);
      case Frame.Unknown a -> throw unexpected(a);
    }
  }

  private Broken unexpected(Frame frame) {
    return new Broken("no errors", "the node sent " + name() + " " + frame);
  }

  private void attached(ClientChannel channel, Frame.Attached frame) {
    if (!channel.attached(frame)) {
      return;
    }
    for (PresenceMessage member : channel.own().members()) {
      boolean same = String.valueOf(member.connectionId()).equals(connectionId);
      counts.add(Happening.PRESENCE_REENTER);
      send(
          Operation.presence(
              channel.name(),
              name(),
              new PresenceMessage(
                  PresenceAction.ENTER,
                  same ? member.id() : null,
                  member.clientId(),
                  null,
                  member.data(),
                  null,
                  null,
                  0)));
    }
  }

  private void detached(ClientChannel channel) {
    if (channel.state() == ClientChannel.State.DETACHING) {
      counts.add(Happening.DETACH);
      channel.forget();
    } else if (channel.attached()) {
      wallet.detached(channel, isEntering(channel.name()));
      attach(channel, 0);
    }
  }

  private void refused(Frame.ProtocolError frame) {
    ClientChannel of = frame.channel() == null ? null : channel(frame.channel());
    if (wallet.refused(frame, of, of != null && isEntering(of.name()))
        && state == State.CONNECTED) {
      closed();
    }
  }

  private void told(@Nullable ErrorInfo error) {
    ErrorCode code = error == null ? null : ErrorCode.of(error.code());
    switch (code) {
      case SLOW_READER -> counts.add(Happening.OVERRUN);
      case TOKEN_EXPIRED, TOKEN_REVOKED -> wallet.ended();
      case CHANNEL_FAILED -> {
        counts.add(Happening.CHANNEL_FAILED);
        history.channelFailed();
      }
      case null, default -> {
        // whatever the reason, it comes back
      }
    }
  }

  private Operation answered(Wire from, long serial) {
    from.acks().answered(serial, 1);
    Operation operation = unacked.poll();
    if (operation == null || operation.msgSerial() != serial) {
      throw new Broken(AcksInOrder.NAME, "frame " + serial + " is answered, due is " + operation);
    }
    return operation;
  }

  private void acked(Wire from, Frame.Ack ack) {
    if (ack.results().size() != ack.count()) {
      throw new Broken(AcksInOrder.NAME, ack + " has not one result for each frame");
    }
    for (int i = 0; i < ack.count(); i++) {
      Operation operation = answered(from, ack.msgSerial() + i);
      counts.add(Happening.ACK);
      List<@Nullable String> serials = ack.results().get(i).serials();
      boolean stored = operation.kind() != Operation.Kind.EPHEMERAL;
      if (operation.kind() == Operation.Kind.MIXED || operation.misuses()) {
        throw new Broken(NothingAckedIsLost.NAME, operation + " is acked and cannot be kept");
      }
      if (operation.kind() == Operation.Kind.OBJECTS) {
        ObjectsTrue.numbered(operation, serials);
        channel(operation.channel()).objectsAcked(operation, serials);
      }
      NothingAppliedTwice.once(operation, serials, history.truth().channel(operation.channel()));
      if (stored && !history.plant().mistakesLives()) {
        NothingAckedIsLost.durable(operation, history.made(operation), serials);
      }
      operation.acked(serials);
      channel(operation.channel()).own().acked(operation);
      history.acked(this, operation);
    }
  }

  private void nacked(Wire from, Frame.Nack nack) {
    for (int i = 0; i < nack.count(); i++) {
      Operation operation = answered(from, nack.msgSerial() + i);
      counts.add(Happening.NACK);
      operation.end(Operation.Outcome.REFUSED);
      if (ErrorCode.of(nack.error().code()) == ErrorCode.TOO_MANY_MEMBERS) {
        counts.add(Happening.TOO_MANY_MEMBERS);
      }
      if (ErrorCode.of(nack.error().code()) == ErrorCode.CAPABILITY_DENIED) {
        wallet.denied(operation, channel(operation.channel()).own());
      }
      history.refused(operation, nack.error());
    }
  }
}
