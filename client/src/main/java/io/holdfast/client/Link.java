package io.holdfast.client;

import static io.holdfast.client.ConnectionState.CLOSED;
import static io.holdfast.client.ConnectionState.CLOSING;
import static io.holdfast.client.ConnectionState.CONNECTED;
import static io.holdfast.client.ConnectionState.CONNECTING;
import static io.holdfast.client.ConnectionState.DISCONNECTED;
import static io.holdfast.client.ConnectionState.FAILED;
import static io.holdfast.client.ConnectionState.INITIALIZED;
import static io.holdfast.client.ConnectionState.SUSPENDED;

import io.holdfast.protocol.ConnectionDetails;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection's life (RTN): connecting, resuming, going on after losses, giving up. Owned by the
 * loop; what others may look at is {@link #standing}.
 */
final class Link implements Wired.Sink, Attempt.Outcome {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);
  private static final Duration STATE_TTL = Duration.ofMinutes(2);

  /** A connection that lasted this long was a good one: the next attempt need not wait. */
  private static final Duration GOOD = Duration.ofSeconds(1);

  /**
   * Tokens are not renewed ahead more often than this, however little is left of them by this
   * machine's clock, which may be wrong: the server says when one is over.
   */
  private static final Duration RENEWAL_MIN = Duration.ofSeconds(1);

  /** What a connection is at one moment. */
  record Standing(
      ConnectionState state,
      @Nullable ErrorInfo reason,
      @Nullable String id,
      @Nullable ConnectionDetails details) {}

  /** Who is told of frames and steps. */
  interface Owner {
    void frame(Frame frame);

    /** There is a connection; frames that have no answer are to be sent now. */
    void connected();

    void changed(ConnectionChange change);
  }

  /** What it works with. */
  record Parts(
      ClientOptions options,
      Loop loop,
      Timers timers,
      Attempt.Means means,
      Credentials credentials,
      Outbox outbox,
      Backoff backoff) {}

  private final Parts parts;
  private final ClientOptions options;
  private final Owner owner;
  private final Waiters awaitConnected = new Waiters();
  private final Waiters awaitClosed = new Waiters();
  private final Queue<CompletableFuture<Void>> awaitAuthorised = new ArrayDeque<>();

  private volatile Standing standing = new Standing(INITIALIZED, null, null, null);

  private final Silence silence;
  private @Nullable RecoveryKey recovery;
  private @Nullable Attempt attempt;

  /** Counts attempts, so that what comes late for an earlier one is known. */
  private long attempts;

  private @Nullable Wired active;
  private @Nullable Proof proof;

  /** What the server refused; the next attempt shows something else. */
  private @Nullable Proof refused;

  private boolean renewedOnce;

  /** It has been away for so long that it is suspended between attempts. */
  private boolean longGone;

  private Instant since = Instant.EPOCH;
  private Scheduler.@Nullable Timer step;
  private Scheduler.@Nullable Timer suspend;
  private Scheduler.@Nullable Timer renewal;

  Link(Parts parts, Owner owner) {
    this.parts = parts;
    this.options = parts.options();
    this.owner = owner;
    this.silence =
        new Silence(parts.timers(), options.clock(), options.requestTimeout(), this::silent);
    this.recovery = RecoveryKey.parse(options.recover());
    if (recovery != null) {
      parts.outbox().recovering(recovery.msgSerial());
    }
  }

  /** Read by any thread. */
  Standing standing() {
    return standing;
  }

  private ConnectionState state() {
    return standing.state();
  }

  // --- what is asked of it -----------------------------------------------------------------------

  void connect(CompletableFuture<Void> done) {
    switch (state()) {
      case CONNECTED -> done.complete(null);
      case CONNECTING -> awaitConnected.add(done);
      case INITIALIZED, DISCONNECTED, SUSPENDED, CLOSED, FAILED -> {
        awaitConnected.add(done);
        if (state().terminal()) {
          parts.backoff().reset();
          longGone = false;
        }
        begin();
      }
      case CLOSING -> done.completeExceptionally(Fault.CLOSED.exception("it is being closed"));
    }
  }

  void close(CompletableFuture<Void> done) {
    switch (state()) {
      case CLOSED, FAILED -> done.complete(null);
      case INITIALIZED, CONNECTING, DISCONNECTED, SUSPENDED -> {
        abandon();
        done.complete(null);
        to(CLOSED, null, null);
      }
      case CLOSING -> awaitClosed.add(done);
      case CONNECTED -> {
        awaitClosed.add(done);
        Wired on = Objects.requireNonNull(active);
        silence.stop();
        stop(renewal);
        on.send(new Frame.Close());
        to(CLOSING, null, null);
        step = parts.timers().after(options.requestTimeout(), this::closed);
      }
    }
  }

  private void closed() {
    abandon();
    to(CLOSED, null, null);
  }

  /** Puts another token to use: tells the server, or connects with it. */
  void reauthorise(CompletableFuture<Void> done) {
    switch (state()) {
      case CONNECTED -> {
        awaitAuthorised.add(done);
        authorise(Objects.requireNonNull(active));
      }
      case CONNECTING -> {
        awaitConnected.add(done);
        restart();
      }
      case INITIALIZED, DISCONNECTED, SUSPENDED, CLOSED, FAILED, CLOSING -> connect(done);
    }
  }

  private void authorise(Wired on) {
    Proof held = parts.credentials().held();
    if (held instanceof Proof.Bearer bearer) {
      proof = held;
      on.transport().authorised(held.params());
      on.send(new Frame.Auth(bearer.token()));
    }
  }

  // --- connecting --------------------------------------------------------------------------------

  private void begin() {
    stop(step);
    to(CONNECTING, null, null);
    restart();
  }

  private void restart() {
    if (attempt != null) {
      attempt.cancel();
      attempt = null;
    }
    stop(step);
    long mine = ++attempts;
    if (suspend == null && !longGone) {
      suspend = parts.timers().after(stateTtl(), this::suspended);
    }
    step = parts.timers().after(options.requestTimeout(), () -> unanswered(Fault.TIMEOUT.info()));
    Proof bad = refused;
    Proof ready = bad == null ? parts.credentials().ready() : null;
    if (ready != null) {
      dial(ready);
      return;
    }
    parts
        .credentials()
        .apart(
            () -> bad == null ? parts.credentials().proof() : parts.credentials().renewed(bad),
            (got, error) -> {
              if (mine != attempts || state() != CONNECTING) {
                return;
              }
              if (got != null) {
                dial(got);
              } else {
                noProof(Waiting.failure(Objects.requireNonNull(error)));
              }
            },
            parts.loop());
  }

  private void dial(Proof shown) {
    proof = shown;
    refused = null;
    stop(step); // each host has its time, which the attempt sees to
    Attempt next = new Attempt(parts.means(), this);
    attempt = next;
    List<String> hosts = new ArrayList<>();
    hosts.add(options.host());
    hosts.addAll(options.fallbackHosts());
    next.start(
        hosts,
        options.transports(),
        ConnectionQuery.of(options, shown, standing.details(), recovery));
  }

  private void noProof(HoldfastException failure) {
    int code = failure.code();
    boolean hopeless =
        code == Fault.NO_RENEWAL.info().code()
            || code == Fault.WRONG_CLIENT_ID.info().code()
            || failure.statusCode() == 403;
    if (hopeless) {
      fail(failure.error());
    } else {
      unanswered(failure.error());
    }
  }

  @Override
  public void connected(Wired on, Frame.Connected greeting) {
    attempt = null;
    stop(step);
    stop(suspend);
    suspend = null;
    longGone = false;
    renewedOnce = false;
    active = on;
    on.sink(this);
    String before = standing.id();
    boolean recovered = recovery != null && before == null && greeting.error() == null;
    boolean same = greeting.connectionId().equals(before);
    recovery = null;
    since = options.clock().instant();
    greeted(greeting);
    change(CONNECTED, greeting.error(), null, greeting.connectionId(), greeting.details());
    if (same || recovered) {
      parts.outbox().resumed(on.transport());
    } else {
      parts.outbox().restarted(on.transport());
    }
    owner.connected();
    awaitConnected.complete();
    // who waits for another token to be taken: it is what this connection was made with
    for (CompletableFuture<Void> next = awaitAuthorised.poll();
        next != null;
        next = awaitAuthorised.poll()) {
      next.complete(null);
    }
  }

  private void greeted(Frame.Connected greeting) {
    parts.credentials().greeted(greeting.details().clientId());
    silence.watch(greeting.details());
    stop(renewal);
    if (proof instanceof Proof.Bearer bearer
        && bearer.expires() != null
        && parts.credentials().renewable()) {
      Duration left = Duration.between(options.clock().instant(), bearer.expires());
      Duration early = min(Duration.ofSeconds(30), left.dividedBy(5));
      Duration wait = left.minus(early);
      if (left.compareTo(Duration.ofDays(300)) < 0) {
        Duration least = wait.compareTo(RENEWAL_MIN) < 0 ? RENEWAL_MIN : wait;
        renewal = parts.timers().after(least, this::renew);
      }
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void silent(Duration quiet) {
    if (active != null) {
      ErrorInfo error = Fault.DISCONNECTED.info("nothing was heard for " + quiet);
      lost(active, new Transport.Loss(Transport.Loss.Kind.BROKEN, error));
    }
  }

  /** Gets a new token while the old one is still good, and tells the server. */
  private void renew() {
    Proof old = proof;
    parts
        .credentials()
        .apart(
            () -> parts.credentials().renewed(old),
            (fresh, error) -> {
              if (error != null) {
                LOG.warn("No new token: {}", Waiting.failure(error).getMessage());
              } else if (state() == CONNECTED && active != null) {
                authorise(active);
              }
            },
            parts.loop());
  }

  @Override
  public void refused(ErrorInfo error, boolean fatal) {
    attempt = null;
    if (Credentials.blamesToken(error)) {
      refused = proof;
      if (!parts.credentials().renewable()) {
        fail(Fault.NO_RENEWAL.info(error.message()));
      } else if (renewedOnce) {
        unanswered(error);
      } else {
        renewedOnce = true;
        restart();
      }
    } else if (fatal) {
      fail(error);
    } else {
      unanswered(error);
    }
  }

  @Override
  public void unanswered(ErrorInfo error) {
    abandon();
    if (longGone) {
      retry(SUSPENDED, error, options.suspendedRetry());
    } else {
      retry(DISCONNECTED, error, parts.backoff().next());
    }
  }

  private void retry(ConnectionState meanwhile, ErrorInfo error, Duration wait) {
    to(meanwhile, error, wait);
    step = parts.timers().after(wait, this::begin);
  }

  private void suspended() {
    suspend = null;
    longGone = true;
    abandon();
    retry(SUSPENDED, Fault.SUSPENDED.info(), options.suspendedRetry());
  }

  private Duration stateTtl() {
    ConnectionDetails details = standing.details();
    return details == null || details.connectionStateTtl() <= 0
        ? STATE_TTL
        : Duration.ofMillis(details.connectionStateTtl());
  }

  // --- while it is connected ---------------------------------------------------------------------

  /** Sends a frame that has no answer of its own; dropped when there is no connection. */
  void send(Frame frame) {
    if (state() == CONNECTED && active != null) {
      active.send(frame);
    }
  }

  @Override
  public void opened(Wired from) {}

  @Override
  public void frame(Wired from, Decoded decoded) {
    if (from != active) {
      return;
    }
    silence.heard();
    switch (decoded) {
      case Decoded.Ok(Frame frame) -> received(frame);
      case Decoded.Refused bad ->
          LOG.warn("A frame of action {} is not understood: {}", bad.action(), bad.error());
      case Decoded.Unreadable bad -> LOG.warn("A frame cannot be read: {}", bad.error());
    }
  }

  private void received(Frame frame) {
    switch (frame) {
      case Frame.Ack ack -> parts.outbox().acknowledged(ack);
      case Frame.Nack nack -> parts.outbox().refused(nack);
      case Frame.Connected again -> updated(again);
      case Frame.Disconnected gone ->
          thrownOut(gone.error() == null ? Fault.DISCONNECTED.info() : gone.error());
      case Frame.Closed unused -> {
        if (state() == CLOSING) {
          closed();
        } else {
          thrownOut(Fault.DISCONNECTED.info("the server closed it"));
        }
      }
      case Frame.ProtocolError error when error.channel() == null -> {
        boolean passing =
            Credentials.blamesToken(error.error()) || error.error().statusCode() >= 500;
        if (passing) {
          thrownOut(error.error());
        } else {
          fail(error.error());
        }
      }
      case Frame.Auth unused -> renew();
      default -> owner.frame(frame);
    }
  }

  private void updated(Frame.Connected again) {
    if (state() != CONNECTED) {
      return; // it answers what was asked before the close, which nobody waits for any more
    }
    greeted(again);
    standing = new Standing(CONNECTED, again.error(), again.connectionId(), again.details());
    owner.changed(new ConnectionChange(CONNECTED, CONNECTED, again.error(), null));
    CompletableFuture<Void> waiting = awaitAuthorised.poll();
    if (waiting != null) {
      waiting.complete(null);
    }
  }

  private void thrownOut(ErrorInfo error) {
    if (Credentials.blamesToken(error)) {
      refused = proof;
      if (!parts.credentials().renewable()) {
        fail(Fault.NO_RENEWAL.info(error.message()));
        return;
      }
    }
    if (active != null) {
      lost(active, new Transport.Loss(Transport.Loss.Kind.BROKEN, error));
    }
  }

  @Override
  public void lost(Wired from, Transport.Loss why) {
    if (from != active) {
      return;
    }
    if (state() == CLOSING) {
      closed();
      return;
    }
    abandon();
    Duration lasted = Duration.between(since, options.clock().instant());
    boolean good = lasted.compareTo(GOOD) >= 0;
    if (good) {
      parts.backoff().reset();
    }
    retry(DISCONNECTED, why.error(), good ? Duration.ZERO : parts.backoff().next());
  }

  private void fail(ErrorInfo error) {
    abandon();
    to(FAILED, error, null);
  }

  // --- steps -------------------------------------------------------------------------------------

  /** Lets go of whatever carries or will carry the connection. */
  private void abandon() {
    attempts++;
    if (attempt != null) {
      attempt.cancel();
      attempt = null;
    }
    if (active != null) {
      active.close();
      active = null;
    }
    parts.outbox().interrupted();
    stop(step);
    silence.stop();
    stop(renewal);
  }

  private static void stop(Scheduler.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void to(ConnectionState next, @Nullable ErrorInfo reason, @Nullable Duration retryIn) {
    boolean forgets = next.terminal();
    change(
        next, reason, retryIn, forgets ? null : standing.id(), forgets ? null : standing.details());
  }

  private void change(
      ConnectionState next,
      @Nullable ErrorInfo reason,
      @Nullable Duration retryIn,
      @Nullable String id,
      @Nullable ConnectionDetails details) {
    ConnectionState previous = state();
    standing = new Standing(next, reason, id, details);
    if (next == previous) {
      return;
    }
    LOG.debug("{} -> {}{}", previous, next, reason == null ? "" : ": " + reason.message());
    if (next.terminal()) {
      stop(suspend);
      suspend = null;
    }
    owner.changed(new ConnectionChange(previous, next, reason, retryIn));
    settle(next, reason);
  }

  /** What a step means for those who wait. */
  private void settle(ConnectionState next, @Nullable ErrorInfo reason) {
    switch (next) {
      case INITIALIZED, CONNECTING, CONNECTED, DISCONNECTED -> {}
      case CLOSING -> parts.outbox().refuseWaiting(Fault.CLOSED.info());
      case SUSPENDED -> failWaiters(reason == null ? Fault.SUSPENDED.info() : reason);
      case FAILED, CLOSED -> {
        failWaiters(reason == null ? Fault.CLOSED.info() : reason);
        awaitClosed.complete();
      }
    }
  }

  private void failWaiters(ErrorInfo error) {
    parts.outbox().failAll(error);
    awaitConnected.fail(error);
    for (CompletableFuture<Void> next = awaitAuthorised.poll();
        next != null;
        next = awaitAuthorised.poll()) {
      next.completeExceptionally(new HoldfastException(error));
    }
  }
}
