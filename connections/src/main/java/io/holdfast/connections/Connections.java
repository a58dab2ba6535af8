package io.holdfast.connections;

import io.holdfast.channels.Channels;
import io.holdfast.channels.Timers;
import io.holdfast.fold.Owner;
import io.holdfast.journal.ChannelId;
import io.holdfast.nodes.Nodes;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All connections of a node: those with a transport, and for a while those that have lost theirs.
 * Any thread.
 */
public final class Connections {
  /** From when lives are numbered: the beginning of 2023. */
  private static final long LIVES_BEGAN = 1_672_531_200_000L;

  /**
   * How long a frame may be under way to the engine on a node that its client has left, ms: what is
   * not answered is sent for 30 s, and may be stuck somewhere for a while.
   */
  private static final long UNDER_WAY = 60_000;

  /** What members have when their connection has gone over to another node, ms. */
  private static final int GRACE = 15_000;

  private final Node node;
  private final ConcurrentHashMap<String, Place> places = new ConcurrentHashMap<>();
  private final AtomicLong lives = new AtomicLong();
  private final Closed closed;
  private final Handing handing;

  /** Those that are asking, or were a moment ago, by connection; as many as come in a moment. */
  private final Map<String, Coming> coming = new ConcurrentHashMap<>();

  /** Those that another node has asked for a moment ago. */
  private final Set<String> claimed = ConcurrentHashMap.newKeySet();

  /** Where a connection is. */
  private sealed interface Place {}

  /** On a transport. */
  private record Live(ClientLink link) implements Place {}

  /** What a transport that is asking the other nodes for its connection may be told meanwhile. */
  private static final class Coming {
    private final Claim claim;
    private final Remains here;

    /** Whether one on another node is newer. */
    private boolean over;

    /** Whether it has its answers. */
    private boolean answered;

    Coming(Claim claim, Remains here) {
      this.claim = claim;
      this.here = here;
    }
  }

  /** Without one, until its timers run out. */
  private record Lost(String app, Remains remains, Timers.Timer grace, Timers.Timer end)
      implements Place {}

  /**
   * The connections of a node.
   *
   * @param nodes this run of the node, the same as the channels', and the others
   * @param siteCode one constant of the log's generation
   * @param ids makes connection ids: short, unguessable, of URL-safe characters
   */
  public Connections(
      Channels channels,
      Timers timers,
      ConnectionSettings settings,
      Sealer sealer,
      Reauthentication reauthentication,
      ChannelRules rules,
      Supplier<String> ids,
      Nodes nodes,
      String siteCode) {
    this.node =
        new Node(
            channels,
            timers,
            settings,
            sealer,
            reauthentication,
            new Requests(settings, rules),
            rules,
            new Paces(timers, settings.channelMessageRate(), Paces.NODE),
            ids,
            nodes.boot(),
            siteCode,
            new AtomicLong(),
            new AtomicLong());
    this.closed = new Closed(settings.stateTtl());
    this.handing = new Handing(nodes);
    handing.listen(this::give, id -> closed.add(id, timers.now()));
    channels.hearOthers(node.paces()::charge);
    channels.whoIsThere(this::isThere);
  }

  Node node() {
    return node;
  }

  /** Whether a transport is not over; one with a number that no client's has is not ours to say. */
  private boolean isThere(String connectionId, Owner owner) {
    return owner.transport() > node.transports().get()
        || (places.get(connectionId) instanceof Live live
            && live.link().identity().owner().equals(owner));
  }

  /** A transport has opened and its client is who it says. On the transport's executor. */
  public Link open(Transport transport, ConnectRequest request) {
    String given = request.resume() != null ? request.resume() : request.recover();
    ConnectionKey key = given == null ? null : ConnectionKey.open(given, node.sealer());
    Owner owner = new Owner(node.boot(), nextTransport(key));
    if (key == null || !goesOn(key, request.access())) {
      ErrorInfo error = given == null ? null : cannotResume();
      return begin(transport, request, new Identity(node.ids().get(), 0, owner), error);
    }
    boolean resumed = request.resume() != null;
    long incarnation = resumed ? key.incarnation() : nextLife(key);
    Identity identity = new Identity(key.connectionId(), incarnation, owner);
    ClientLink link = new ClientLink(this, transport, request, identity);
    Place before = places.put(identity.connectionId(), new Live(link));
    switch (before) {
      case null -> goOn(link, transport, Remains.nothing(identity), key, false);
      case Live live -> {
        transport.reading(false);
        live.link()
            .supersede(
                remains ->
                    transport.executor().execute(() -> goOn(link, transport, remains, key, true)));
      }
      case Lost lost -> {
        lost.grace().cancel();
        lost.end().cancel();
        goOn(link, transport, lost.remains(), key, true);
      }
    }
    return link;
  }

  /**
   * Starts a link that goes on with what is left here, and with what another node has if the client
   * was there last.
   *
   * @param key what the client has shown
   * @param known whether the connection was found here
   */
  private void goOn(
      ClientLink link, Transport transport, Remains left, ConnectionKey key, boolean known) {
    boolean last = known && key.boot().equals(node.boot());
    long unsureUntil = node.channels().shared() ? node.timers().now() + UNDER_WAY : 0;
    Remains here = last ? left : left.elsewhereSince(unsureUntil);
    String id = link.identity().connectionId();
    if (handing.alone() || (last && !claimed.contains(id))) {
      started(link, transport, here, known);
      return;
    }
    transport.reading(false);
    Owner shown = new Owner(key.boot(), key.transport());
    Claim claim = new Claim(node.timers().now(), link.identity().owner(), shown);
    Coming one = new Coming(claim, here);
    coming.put(id, one);
    node.timers().after(Claim.MOMENT, () -> coming.remove(id, one));
    var _ =
        handing
            .take(id, claim)
            .whenComplete(
                (answer, failure) ->
                    transport
                        .executor()
                        .execute(() -> answered(link, transport, one, answer, known)));
  }

  private void answered(
      ClientLink link,
      Transport transport,
      Coming one,
      Handing.@Nullable Answer answer,
      boolean known) {
    boolean given = false;
    boolean over;
    synchronized (one) {
      one.answered = true;
      over = one.over;
    }
    switch (answer) {
      case null -> {
        // nobody could be asked: whoever has it hears of the next one
      }
      case Handing.Answer.Unknown() -> {}
      case Handing.Answer.Newer() -> over = true;
      case Handing.Answer.Given(Set<String> channels) -> {
        given = true;
        channels.forEach(one.here.present()::guess);
      }
    }
    if (over && !link.superseded()) {
      letGo(link, remains -> {});
    }
    started(link, transport, one.here, known || given || over);
  }

  /** Has a transport end in favour of one on another node. */
  private void letGo(ClientLink link, Consumer<Remains> then) {
    link.supersede(
        remains -> {
          places.remove(remains.identity().connectionId(), new Live(link));
          departUnlessTaken(link, remains);
          then.accept(remains);
        });
  }

  private void started(ClientLink link, Transport transport, Remains remains, boolean wasKnown) {
    link.start(remains, null);
    transport.reading(true);
    if (!wasKnown) {
      // its end was told, or that of the run it began in
      announce("connection.opened", link.access().app(), link.identity(), link.access());
    }
  }

  /** Lets go of a connection that somebody claims on another node, unless one here is newer. */
  private CompletableFuture<Handing.Answer> give(String connectionId, Claim claim) {
    if (claimed.add(connectionId)) {
      node.timers().after(Claim.MOMENT, () -> claimed.remove(connectionId));
    }
    Coming one = coming.get(connectionId);
    if (one != null && one.claim.isFresh(node.timers().now())) {
      synchronized (one) {
        if (one.claim.isNewerThan(claim)) {
          return CompletableFuture.completedFuture(new Handing.Answer.Newer());
        }
        if (!one.answered) {
          // it is told so as soon as it is, and who claims asks everybody itself
          one.over = true;
          return CompletableFuture.completedFuture(new Handing.Answer.Given(Set.of()));
        }
      }
    }
    CompletableFuture<Handing.Answer> given = new CompletableFuture<>();
    Place place = places.get(connectionId);
    switch (place) {
      case null -> given.complete(new Handing.Answer.Unknown());
      case Live live -> letGo(live.link(), remains -> given.complete(given(remains)));
      case Lost lost -> {
        if (places.remove(connectionId, lost)) {
          // its grace goes on: members that the other node has taken are not touched by its end
          lost.end().cancel();
          given.complete(given(lost.remains()));
        } else {
          return give(connectionId, claim);
        }
      }
    }
    return given;
  }

  private static Handing.Answer given(Remains remains) {
    return new Handing.Answer.Given(remains.present().channels());
  }

  /**
   * The number of a new transport: higher than all of its connection, on whichever nodes. The one
   * that the key was given out on is known; of one whose key was written down long ago there may
   * have been others since, so the clock decides as well.
   */
  private long nextTransport(@Nullable ConnectionKey key) {
    long clock = node.timers().now() - LIVES_BEGAN;
    long first = key == null ? clock : Math.max(clock, key.transport() + 1);
    return node.transports().accumulateAndGet(first, (last, wanted) -> Math.max(last + 1, wanted));
  }

  /**
   * The number of a new life. A key may be recovered from more than once, and the frames of one
   * life must not pass for repeats of another's, so the key alone does not decide: the clock does,
   * and no two lives of a run have the same number.
   */
  private long nextLife(ConnectionKey key) {
    long first = Math.max(node.timers().now() - LIVES_BEGAN, key.incarnation() + 1);
    return lives.accumulateAndGet(first, (last, wanted) -> Math.max(last + 1, wanted));
  }

  private Link begin(
      Transport transport, ConnectRequest request, Identity identity, @Nullable ErrorInfo error) {
    ClientLink link = new ClientLink(this, transport, request, identity);
    places.put(identity.connectionId(), new Live(link));
    link.start(Remains.nothing(identity), error);
    announce("connection.opened", request.access().app(), identity, request.access());
    return link;
  }

  private void announce(String what, String app, Identity identity, @Nullable Access access) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("connectionId", identity.connectionId());
    String clientId = access == null ? null : access.concreteClientId();
    if (clientId != null) {
      data.put("clientId", clientId);
    }
    node.channels().announce(new ChannelId(app, "[meta]connection.lifecycle"), what, data);
  }

  /** An error that ended a connection, for those who watch the app's log. */
  void failed(Identity identity, Access access, ErrorInfo error) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("connectionId", identity.connectionId());
    data.put("error", error);
    node.channels().announce(new ChannelId(access.app(), "[meta]log"), "connection.error", data);
  }

  private boolean goesOn(ConnectionKey key, Access access) {
    String clientId = access.clientId() == null ? "" : access.clientId();
    return key.app().equals(access.app())
        && Objects.equals(key.clientId(), clientId)
        && !closed.contains(key.connectionId(), node.timers().now());
  }

  private static ErrorInfo cannotResume() {
    return ErrorCode.CANNOT_RESUME.info(
        "it is no longer known here or belongs to other credentials, so this is a new one");
  }

  /** A link has lost its transport: its state waits, its members have their grace. */
  void lost(ClientLink link, String app, Remains remains, int grace) {
    String id = remains.identity().connectionId();
    Timers.Timer departing =
        node.timers().after(grace, () -> depart(app, remains, remains.identity().owner()));
    Timers.Timer ending =
        node.timers().after(node.settings().stateTtl(), () -> forget(id, app, remains));
    Lost lost = new Lost(app, remains, departing, ending);
    if (!places.replace(id, new Live(link), lost)) {
      departing.cancel();
      ending.cancel();
    }
  }

  private void departUnlessTaken(ClientLink link, Remains remains) {
    if (!remains.present().channels().isEmpty()) {
      node.timers()
          .after(GRACE, () -> depart(link.access().app(), remains, remains.identity().owner()));
    }
  }

  private void forget(String id, String app, Remains remains) {
    boolean[] gone = {false};
    places.computeIfPresent(
        id,
        (same, place) -> {
          gone[0] =
              place instanceof Lost lost && lost.remains().identity().equals(remains.identity());
          return gone[0] ? null : place;
        });
    if (gone[0]) {
      announce("connection.closed", app, remains.identity(), null);
    }
  }

  /** Members that a transport up to {@code owner} answers for leave. */
  void depart(String app, Remains remains, Owner owner) {
    String id = remains.identity().connectionId();
    for (String channel : remains.present().channels()) {
      node.channels().depart(new ChannelId(app, channel), id, owner);
    }
  }

  /** A connection is closed for good. */
  void closed(ClientLink link, String connectionId) {
    closed.add(connectionId, node.timers().now());
    handing.closed(connectionId);
    places.remove(connectionId, new Live(link));
    announce("connection.closed", link.access().app(), link.identity(), link.access());
  }

  /**
   * A connection to publish for.
   *
   * @param clientId of its credentials; null if it has none, or is without a transport
   */
  record Found(String connectionId, @Nullable String clientId) {}

  /** A connection named by its key, for publishing on its behalf; null if there is none. */
  @Nullable Found find(String connectionKey, String app) {
    ConnectionKey key = ConnectionKey.open(connectionKey, node.sealer());
    if (key == null || !key.app().equals(app)) {
      return null;
    }
    return switch (places.get(key.connectionId())) {
      case null ->
          handing.alone() || closed.contains(key.connectionId(), node.timers().now())
              ? null
              : new Found(key.connectionId(), key.concreteClientId());
      case Live live -> new Found(key.connectionId(), live.link().concreteClientId());
      case Lost lost -> new Found(key.connectionId(), null);
    };
  }

  /** The run of the node that gave out a key; null for one that none of ours did. */
  public @Nullable String nodeOf(String connectionKey) {
    ConnectionKey key = ConnectionKey.open(connectionKey, node.sealer());
    return key == null ? null : key.boot();
  }

  /** Looks at everybody's credentials again, as after some were taken back. */
  public void review(Function<Access, Standing> judge) {
    each(link -> link.review(judge));
  }

  /** How many transports are connected. */
  public int size() {
    int[] live = {0};
    each(link -> live[0]++);
    return live[0];
  }

  /**
   * Asks every client to go on elsewhere or later: DISCONNECTED with 80003, then the transports
   * close once frames taken before are answered, or after {@code patience} ms.
   */
  public void drain(long patience) {
    each(link -> link.drain(patience));
  }

  private void each(Consumer<ClientLink> task) {
    for (Place place : places.values()) {
      if (place instanceof Live live) {
        task.accept(live.link());
      }
    }
  }
}
