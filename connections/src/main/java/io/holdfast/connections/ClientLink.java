package io.holdfast.connections;

import io.holdfast.channels.Timers;
import io.holdfast.fold.Verdict;
import io.holdfast.protocol.ConnectionDetails;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.SharedFrame;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection on one transport, from CONNECTED to the loss of the socket. Everything on the
 * transport's executor but for {@link #supersede} and {@link #drain}, which hand over to it.
 */
final class ClientLink implements Link {
  private static final Logger LOG = LoggerFactory.getLogger(ClientLink.class);
  private static final int MAX_UNREADABLE = 100;
  private static final long RENEW_BEFORE = 30_000;
  private static final int CLOSE_PATIENCE = 2_000;

  /** Far above what attachments leave on the way: answers to one that sends and never reads. */
  private static final long MAX_UNSENT = 8L * 1024 * 1024;

  private final Connections connections;
  private final Node node;
  private final Transport transport;
  private final ConnectRequest request;
  private final Identity identity;
  private final AckQueue acks;
  private final ClientChannels channels;
  private final Publishing publishing;
  private final Pulse pulse;
  private Access access;
  private State state = State.STARTING;

  /** What came of its credentials before it began. */
  private Standing standing = new Standing.Good();

  private @Nullable Consumer<Remains> successor;

  /** What this transport left, until the next one takes it. */
  private @Nullable Remains left;

  /** Over before it started: what it is to hand on is still to come. */
  private boolean awaited;

  /** See {@link Remains}. */
  private long unsureUntil;

  private Timers.@Nullable Timer expiry;
  private int keys;
  private int unreadable;
  private boolean reading = true;

  private enum State {
    STARTING,
    CONNECTED,
    DRAINING,
    CLOSING,
    OVER
  }

  ClientLink(
      Connections connections, Transport transport, ConnectRequest request, Identity identity) {
    this.connections = connections;
    this.node = connections.node();
    this.transport = transport;
    this.request = request;
    this.identity = identity;
    this.access = request.access();
    this.acks =
        new AckQueue(transport.executor(), this::write, this::answersLeft, this::outcomeUnknown);
    this.channels = new ClientChannels(this, node, transport, request, identity);
    this.publishing = new Publishing(this, node, channels, acks, request.rollupWindow(), identity);
    this.pulse = new Pulse(this, node, transport, acks, request.heartbeats());
  }

  Identity identity() {
    return identity;
  }

  Access access() {
    return access;
  }

  @Nullable String concreteClientId() {
    return access.concreteClientId();
  }

  boolean over() {
    return state == State.OVER;
  }

  /** Whether what the client sends again may be on its way on the node where it was before. */
  boolean mayHaveSentElsewhere() {
    return unsureUntil > 0 && node.timers().now() < unsureUntil;
  }

  /** Whether another transport waits to take over. */
  boolean superseded() {
    return successor != null;
  }

  /** Whether what the client sends is taken. */
  boolean hears() {
    return state == State.CONNECTED;
  }

  /** The connection begins on this transport, with what the one before has left. */
  void start(Remains remains, @Nullable ErrorInfo error) {
    if (state == State.OVER) {
      // lost while the transport before was still letting go
      awaited = false;
      connections.lost(this, access.app(), remains, request.remainPresentFor());
      handOver(remains);
      return;
    }
    state = State.CONNECTED;
    unsureUntil = remains.unsureUntil();
    channels.inherit(remains);
    connected(error);
    pulse.start();
    watchExpiry();
    if (successor != null) {
      endTransport(ErrorCode.SUPERSEDED.info());
    } else {
      enforce(standing);
    }
  }

  private void connected(@Nullable ErrorInfo error) {
    ConnectionKey key =
        new ConnectionKey(
            identity.connectionId(),
            identity.incarnation(),
            access.app(),
            access.clientId() == null ? "" : access.clientId(),
            identity.owner().boot(),
            identity.owner().transport(),
            keys++);
    ConnectionSettings settings = node.settings();
    ConnectionDetails details =
        new ConnectionDetails(
            announcedClientId(),
            key.seal(node.sealer()),
            settings.maxMessageSize(),
            settings.maxFrameSize(),
            settings.messageRate(),
            settings.stateTtl(),
            settings.maxIdle(),
            settings.serverId(),
            node.siteCode(),
            node.channels().objectGrace());
    send(new Frame.Connected(identity.connectionId(), details, error));
  }

  /** A key may use any client id too, but only a token's wildcard is told to clients. */
  private @Nullable String announcedClientId() {
    boolean key = access.expires() == 0 && Access.ANY_CLIENT.equals(access.clientId());
    return key ? null : access.clientId();
  }

  // ---- frames ----

  @Override
  public void received(Decoded decoded, int bytes) {
    if (state != State.CONNECTED) {
      return;
    }
    pulse.alive();
    switch (decoded) {
      case Decoded.Ok ok -> frame(ok.frame(), bytes);
      case Decoded.Refused refused -> refused(refused, bytes);
      case Decoded.Unreadable garbage -> {
        LOG.debug("connection={} sent an unreadable frame", identity.connectionId());
        if (++unreadable > MAX_UNREADABLE) {
          fail(garbage.error());
        } else {
          // a channel error of no channel: clients note it and stay connected
          send(new Frame.ProtocolError("", garbage.error()));
        }
      }
    }
  }

  private void frame(Frame frame, int bytes) {
    switch (frame) {
      case Frame.Heartbeat ping -> send(new Frame.Heartbeat(ping.id()));
      case Frame.Messages messages -> publishing.messages(messages, bytes);
      case Frame.Presence presence -> publishing.presence(presence, bytes);
      case Frame.Annotations annotations -> publishing.annotations(annotations, bytes);
      case Frame.Attach attach -> {
        publishing.flushRollups();
        channels.attach(attach);
      }
      case Frame.Detach detach -> {
        publishing.flushRollups();
        channels.detach(detach.channel());
      }
      case Frame.Sync sync -> channels.sync(sync.channel());
      case Frame.Objects objects -> publishing.objects(objects, bytes);
      case Frame.ObjectSync sync -> channels.syncObjects(sync.channel());
      case Frame.Auth auth -> {
        publishing.flushRollups();
        reauthenticate(auth.accessToken());
      }
      case Frame.Close close -> close();
      case Frame.Disconnect disconnect -> endTransport(null);
      case Frame.Unknown unknown -> unknown(unknown, bytes);
      case Frame.Ack ack -> ignore(frame);
      case Frame.Nack nack -> ignore(frame);
      case Frame.Connected connected -> ignore(frame);
      case Frame.Disconnected disconnected -> ignore(frame);
      case Frame.Closed closed -> ignore(frame);
      case Frame.ProtocolError error -> ignore(frame);
      case Frame.Attached attached -> ignore(frame);
      case Frame.Detached detached -> ignore(frame);
    }
    if (state == State.CONNECTED) {
      bound();
    }
  }

  private void ignore(Frame frame) {
    LOG.debug(
        "connection={} sent a {}, which only servers send",
        identity.connectionId(),
        frame.getClass().getSimpleName());
  }

  private void unknown(Frame.Unknown frame, int bytes) {
    if (frame.msgSerial() >= 0) {
      ErrorInfo error =
          ErrorCode.BAD_REQUEST.info("this server does not know action " + frame.action());
      acks.add(frame.msgSerial(), bytes, node.timers().now()).complete(new Verdict.Refused(error));
    }
  }

  private void refused(Decoded.Refused refused, int bytes) {
    if (refused.msgSerial() >= 0) {
      acks.add(refused.msgSerial(), bytes, node.timers().now())
          .complete(new Verdict.Refused(refused.error()));
    } else {
      String channel = refused.channel() == null ? "" : refused.channel();
      send(new Frame.ProtocolError(channel, refused.error()));
    }
  }

  // ---- credentials ----

  private void reauthenticate(@Nullable String token) {
    if (token == null || token.isEmpty()) {
      // no credentials, so none that are wrong: what it has stays good
      send(
          new Frame.ProtocolError(
              "", ErrorCode.BAD_REQUEST.info("an AUTH needs auth.accessToken")));
      return;
    }
    switch (node.reauthentication().authenticate(token)) {
      case Reauthentication.Outcome.Refused refused -> fail(refused.error());
      case Reauthentication.Outcome.Granted granted -> {
        Access next = granted.access();
        String who = access.concreteClientId();
        if ((who != null && !next.mayBe(who)) || !next.app().equals(access.app())) {
          fail(
              ErrorCode.INCOMPATIBLE_CREDENTIALS.info(
                  "the new token is for another client id or app than the connection"));
          return;
        }
        // one that is good for any client does not make the connection anybody's
        access = who == null ? next : next.as(who);
        connected(null);
        watchExpiry();
        channels.accessChanged();
      }
    }
  }

  /** Its credentials are looked at again; on any thread. */
  void review(Function<Access, Standing> judge) {
    transport
        .executor()
        .execute(
            () -> {
              if (state == State.CONNECTED) {
                enforce(judge.apply(access));
              } else if (state == State.STARTING
                  && (standing instanceof Standing.Good || standing instanceof Standing.Renew)) {
                // it waits for the transport before it to let go, and must not get by
                Standing now = judge.apply(access);
                standing = now instanceof Standing.Good ? standing : now;
              }
            });
  }

  private void enforce(Standing now) {
    switch (now) {
      case Standing.Good() -> {}
      case Standing.Renew() -> send(new Frame.Auth(null));
      case Standing.Ended(ErrorInfo error) -> endTransport(error);
      case Standing.Over(ErrorInfo error) -> fail(error);
    }
  }

  private void watchExpiry() {
    if (expiry != null) {
      expiry.cancel();
      expiry = null;
    }
    if (access.expires() > 0) {
      long left = Math.max(0, access.expires() - node.timers().now());
      expiry =
          left > RENEW_BEFORE
              ? after(left - RENEW_BEFORE, this::expiring)
              : after(left, this::expired);
    }
  }

  private Timers.Timer after(long ms, Runnable task) {
    return node.timers().after(ms, () -> transport.executor().execute(task));
  }

  /** Its token ends soon: the client is asked for another, so that it need not be disconnected. */
  private void expiring() {
    if (state == State.CONNECTED && access.expires() > 0) {
      if (access.expires() - node.timers().now() <= RENEW_BEFORE) {
        send(new Frame.Auth(null));
      }
      watchExpiry();
    }
  }

  private void expired() {
    if (state == State.CONNECTED && access.expires() > 0) {
      if (access.expires() <= node.timers().now()) {
        endTransport(ErrorCode.TOKEN_EXPIRED.info());
      } else {
        watchExpiry();
      }
    }
  }

  // ---- writing ----

  void send(Frame frame) {
    write(new SharedFrame(frame));
    transport.flush();
  }

  void write(SharedFrame frame) {
    if (state == State.OVER) {
      return;
    }
    pulse.wrote();
    transport.write(frame);
  }

  private void answersLeft() {
    transport.flush();
    switch (state) {
      case DRAINING -> {
        if (acks.size() == 0) {
          endTransport(drained());
        }
      }
      case CLOSING -> {
        if (acks.size() == 0) {
          closed();
        }
      }
      case STARTING, CONNECTED, OVER -> bound();
    }
  }

  /** Reads no further while too much waits for its answer. */
  private void bound() {
    if (transport.unsent() > MAX_UNSENT) {
      endTransport(ErrorCode.SLOW_READER.info("answers were waiting to be read, past the limit"));
      return;
    }
    ConnectionSettings settings = node.settings();
    boolean full =
        acks.size() >= settings.maxUnackedFrames()
            || acks.bytes() >= settings.maxUnackedBytes()
            || publishing.crowded();
    if (full == reading) {
      reading = !full;
      transport.reading(reading);
    }
  }

  private void outcomeUnknown() {
    endTransport(ErrorCode.DISCONNECTED.info("a publish has no known outcome"));
  }

  @Override
  public void writabilityChanged() {
    if ((state == State.CONNECTED || state == State.DRAINING) && transport.writable()) {
      channels.drainBacklogs();
      transport.flush();
    }
  }

  @Override
  public void alive() {
    pulse.alive();
  }

  // ---- the end ----

  /** The client wants no more: members leave now, and what it sent before is still answered. */
  private void close() {
    publishing.flushRollups();
    channels.leaveAll();
    state = State.CLOSING;
    if (acks.size() == 0) {
      closed();
    } else {
      node.timers().after(CLOSE_PATIENCE, () -> transport.executor().execute(this::closed));
    }
  }

  private void closed() {
    if (state != State.CLOSING) {
      return;
    }
    send(new Frame.Closed());
    end();
    connections.closed(this, identity.connectionId());
    handOver(Remains.nothing(identity));
    transport.close();
  }

  /** The connection cannot go on: an error, and nothing is kept for a resume. */
  void fail(ErrorInfo error) {
    if (state != State.CONNECTED) {
      return;
    }
    publishing.flushRollups();
    channels.leaveAll();
    connections.failed(identity, access, error);
    send(new Frame.ProtocolError(null, error));
    end();
    connections.closed(this, identity.connectionId());
    handOver(Remains.nothing(identity));
    transport.close();
  }

  /** The same, from any thread. */
  void failSoon(ErrorInfo error) {
    transport.executor().execute(() -> fail(error));
  }

  /** This transport ends and the connection may go on with another. */
  void endTransport(@Nullable ErrorInfo error) {
    if (state == State.CLOSING) {
      closed();
    }
    if (state == State.OVER) {
      return;
    }
    if (error != null) {
      send(new Frame.Disconnected(error));
    }
    leaveState();
    transport.close();
  }

  @Override
  public void lost() {
    if (state == State.STARTING) {
      state = State.OVER;
      awaited = true;
    } else if (state != State.OVER) {
      leaveState();
    }
  }

  private void leaveState() {
    publishing.flushRollups();
    Remains remains = channels.remains(unsureUntil);
    end();
    if (successor == null) {
      connections.lost(this, access.app(), remains, request.remainPresentFor());
    }
    handOver(remains);
  }

  private void end() {
    state = State.OVER;
    pulse.stop();
    acks.close();
    publishing.close();
    if (expiry != null) {
      expiry.cancel();
    }
  }

  /** A newer transport of the same connection takes over; it is told what this one leaves. */
  void supersede(Consumer<Remains> next) {
    transport
        .executor()
        .execute(
            () -> {
              // another node may have asked before
              successor = successor == null ? next : successor.andThen(next);
              switch (state) {
                case STARTING -> {
                  // handed on as soon as it has started
                }
                case CONNECTED, DRAINING, CLOSING -> endTransport(ErrorCode.SUPERSEDED.info());
                case OVER -> {
                  if (!awaited) {
                    handOver(left == null ? Remains.nothing(identity) : left);
                  }
                }
              }
            });
  }

  private void handOver(Remains remains) {
    left = remains;
    Consumer<Remains> next = successor;
    if (next != null) {
      successor = null;
      left = null;
      next.accept(remains);
    }
  }

  /** The server stops: frames taken are answered, then the client is sent away. */
  void drain(long patience) {
    transport
        .executor()
        .execute(
            () -> {
              if (state == State.CONNECTED) {
                publishing.flushRollups();
                state = State.DRAINING;
                transport.reading(false);
                if (acks.size() == 0) {
                  endTransport(drained());
                } else {
                  node.timers()
                      .after(
                          patience,
                          () -> transport.executor().execute(() -> endTransport(drained())));
                }
              }
            });
  }

  private static ErrorInfo drained() {
    return ErrorCode.DISCONNECTED.info("the server is stopping");
  }
}
