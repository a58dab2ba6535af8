package io.holdfast.client;

import static io.holdfast.client.ChannelState.ATTACHED;
import static io.holdfast.client.ChannelState.ATTACHING;
import static io.holdfast.client.ChannelState.DETACHED;
import static io.holdfast.client.ChannelState.DETACHING;
import static io.holdfast.client.ChannelState.FAILED;
import static io.holdfast.client.ChannelState.INITIALIZED;
import static io.holdfast.client.ChannelState.SUSPENDED;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel's life (RTL): attaching, staying attached across connections, giving up for a while.
 * Owned by the loop; what others may look at is {@link #standing} and {@link #channelSerial}.
 */
final class Attachment {
  private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);

  /** What a channel is at one moment. */
  record Standing(
      ChannelState state,
      @Nullable ErrorInfo reason,
      Set<ChannelMode> modes,
      Map<String, String> params,
      @Nullable String attachSerial) {}

  /** What every channel of a client works with. */
  record Parts(
      ClientOptions options,
      Timers timers,
      Link link,
      Outbox outbox,
      Broadcast.Means means,
      java.util.random.RandomGenerator random) {}

  private final Parts parts;
  private final String name;
  private final Contents contents;
  private final Broadcast<ChannelChange> changes;
  private final Waiters awaitAttached = new Waiters();
  private final Waiters awaitDetached = new Waiters();
  private final Waiters awaitConfigured = new Waiters();

  /** Who wants to attach once the detach that is under way is over (RTL4h). */
  private final Waiters awaitTurn = new Waiters();

  /** DETACH frames of this connection that were not answered yet. */
  private int detaches;

  private volatile Standing standing = new Standing(INITIALIZED, null, Set.of(), Map.of(), null);
  private volatile @Nullable String channelSerial;
  private volatile ChannelOptions wanted;
  private volatile Coding coding;

  // Made when they are needed first: most channels need neither.
  private @Nullable DeltaReader deltas;
  private @Nullable Backoff backoff;
  private Scheduler.@Nullable Timer timer;

  /** A difference could not be read, and nothing was since. */
  private boolean unread;

  Attachment(Parts parts, String name, ChannelOptions options, @Nullable String recovered) {
    this.parts = parts;
    this.name = name;
    this.wanted = options;
    this.coding = Coding.of(options.cipher());
    this.channelSerial = recovered;
    this.contents = new Contents(this, parts.means());
    this.changes = new Broadcast<>(parts.means());
  }

  // --- for any thread ----------------------------------------------------------------------------

  String name() {
    return name;
  }

  Standing standing() {
    return standing;
  }

  @Nullable String channelSerial() {
    return channelSerial;
  }

  ChannelOptions options() {
    return wanted;
  }

  Coding coding() {
    return coding;
  }

  Broadcast<Message> messages() {
    return contents.messages();
  }

  Broadcast<ChannelChange> changes() {
    return changes;
  }

  Attendance attendance() {
    return contents.attendance();
  }

  Broadcast<Annotation> annotations() {
    return contents.annotations();
  }

  SharedState shared() {
    return contents.shared();
  }

  // --- what presence needs -----------------------------------------------------------------------

  Outbox outbox() {
    return parts.outbox();
  }

  Instant now() {
    return parts.options().clock().instant();
  }

  @Nullable String connectionId() {
    return parts.link().standing().id();
  }

  io.holdfast.protocol.@Nullable ConnectionDetails details() {
    return parts.link().standing().details();
  }

  boolean echoes() {
    return parts.options().echo();
  }

  boolean online() {
    return parts.link().standing().state() == ConnectionState.CONNECTED;
  }

  ChannelState state() {
    return standing.state();
  }

  /** Why the connection takes nothing now, or null. */
  @Nullable ErrorInfo refusal() {
    Link.Standing link = parts.link().standing();
    boolean taken =
        link.state().takesPublishes()
            && (link.state() == ConnectionState.CONNECTED
                || parts.options().queueWhileConnecting());
    if (taken) {
      return null;
    }
    return link.reason() != null
        ? link.reason()
        : switch (link.state()) {
          case CLOSING, CLOSED, FAILED -> Fault.CLOSED.info();
          case SUSPENDED -> Fault.SUSPENDED.info();
          case INITIALIZED, CONNECTING, CONNECTED, DISCONNECTED -> Fault.DISCONNECTED.info();
        };
  }

  /** Something about an attached channel is to be known. */
  void update(ErrorInfo error) {
    changes.emit(new ChannelChange(state(), state(), error, true, false));
  }

  // --- what is asked of it -----------------------------------------------------------------------

  void publish(Outbox.Pending pending) {
    ErrorInfo refusal = refusal();
    if (refusal != null) {
      pending.fail(refusal);
    } else if (state() == FAILED || state() == SUSPENDED) {
      ErrorInfo reason = standing.reason();
      pending.fail(
          Fault.DETACHED.info("it is " + state() + (reason == null ? "" : ", " + reason.code())));
    } else {
      outbox().submit(pending);
    }
  }

  void attach(CompletableFuture<Void> done) {
    if (state() == ATTACHED) {
      done.complete(null);
      return;
    }
    Link.Standing link = parts.link().standing();
    if (!link.state().takesPublishes()) {
      ErrorInfo refusal = refusal();
      done.completeExceptionally(
          new HoldfastException(refusal == null ? Fault.CLOSED.info() : refusal));
      return;
    }
    if (state() == DETACHING) {
      awaitTurn.add(Waiters.next(done, this::attach));
      return;
    }
    if (state() != ATTACHING) {
      request(ATTACHING, null);
    }
    awaitAttached.add(done);
  }

  void detach(CompletableFuture<Void> done) {
    switch (state()) {
      case INITIALIZED, DETACHED -> done.complete(null);
      case FAILED -> done.completeExceptionally(Fault.DETACHED.exception("it has failed"));
      case SUSPENDED -> {
        to(DETACHED, null);
        done.complete(null);
      }
      case DETACHING -> {
        awaitTurn.fail(Fault.SUPERSEDED.info());
        awaitDetached.add(done);
      }
      case ATTACHED, ATTACHING -> {
        if (online()) {
          request(DETACHING, null);
          awaitDetached.add(done);
        } else {
          to(DETACHED, null);
          done.complete(null);
        }
      }
    }
  }

  void configure(ChannelOptions options, CompletableFuture<Void> done) {
    ChannelOptions before = wanted;
    wanted = options;
    coding = Coding.of(options.cipher());
    boolean same =
        before.params().equals(options.params()) && before.modes().equals(options.modes());
    if (same || (state() != ATTACHED && state() != ATTACHING)) {
      done.complete(null);
      return;
    }
    awaitConfigured.add(done);
    if (online()) {
      sendAttach();
      awaitAnswer();
    }
  }

  /** What came cannot be used: the server is asked for all of it again. */
  void reattach() {
    if (state() == ATTACHED) {
      request(ATTACHING, null);
    }
  }

  private void request(ChannelState next, @Nullable ErrorInfo reason) {
    to(next, reason);
    ask();
  }

  /** Asks the server for what is wanted, if there is a connection. */
  private void ask() {
    if (!online()) {
      return;
    }
    switch (state()) {
      case ATTACHING -> {
        sendAttach();
        awaitAnswer();
      }
      case DETACHING -> {
        detaches++;
        parts.link().send(new Frame.Detach(name));
        awaitAnswer();
      }
      case INITIALIZED, ATTACHED, DETACHED, SUSPENDED, FAILED -> {}
    }
  }

  private void sendAttach() {
    ChannelOptions options = wanted;
    parts
        .link()
        .send(
            new Frame.Attach(
                name, channelSerial, ChannelMode.flags(options.modes()), options.params()));
  }

  private void awaitAnswer() {
    stopTimer();
    timer = parts.timers().after(parts.options().requestTimeout(), this::unanswered);
  }

  private void unanswered() {
    timer = null;
    switch (state()) {
      case ATTACHING -> to(SUSPENDED, Fault.ATTACH_TIMEOUT.info());
      case DETACHING -> to(ATTACHED, Fault.ATTACH_TIMEOUT.info());
      case ATTACHED -> awaitConfigured.fail(Fault.ATTACH_TIMEOUT.info());
      case INITIALIZED, DETACHED, SUSPENDED, FAILED -> {}
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  // --- what the connection tells -----------------------------------------------------------------

  /** There is a connection, resumed or new: the server is asked to go on. */
  void connected() {
    detaches = 0;
    switch (state()) {
      case ATTACHING, DETACHING -> ask();
      case SUSPENDED, ATTACHED -> request(ATTACHING, null);
      case INITIALIZED, DETACHED, FAILED -> {}
    }
  }

  /** There is none for now: no answer comes, and that is nobody's fault. */
  void disconnected() {
    stopTimer();
  }

  /** The connection takes nothing more. */
  void interrupted(ConnectionState connection, @Nullable ErrorInfo reason) {
    switch (state()) {
      case ATTACHING, ATTACHED, DETACHING, SUSPENDED ->
          to(
              switch (connection) {
                case FAILED -> FAILED;
                case SUSPENDED -> SUSPENDED;
                case INITIALIZED, CONNECTING, CONNECTED, DISCONNECTED, CLOSING, CLOSED -> DETACHED;
              },
              reason);
      case INITIALIZED, DETACHED, FAILED -> {}
    }
  }

  /** The client is closed: nobody hears anything any more. */
  void end() {
    changes.end();
    contents.end();
  }

  // --- what the server tells ---------------------------------------------------------------------

  void frame(Frame frame) {
    switch (frame) {
      case Frame.Messages sent -> received(sent);
      case Frame.Presence presence -> {
        note(presence.channelSerial());
        attendance().heard(presence);
      }
      case Frame.Sync sync -> attendance().listed(sync);
      case Frame.Annotations made -> received(made);
      case Frame.Objects changed -> {
        note(changed.channelSerial());
        shared().heard(changed);
      }
      case Frame.ObjectSync sync -> shared().listed(sync);
      case Frame.Attached attached -> attached(attached);
      case Frame.Detached detached -> detached(detached);
      case Frame.ProtocolError error -> failed(error.error());
      default -> {}
    }
  }

  /**
   * Where the channel stands. What comes while it is attaching does not count: messages that came
   * before it are asked for again.
   */
  private void note(@Nullable String serial) {
    if (serial != null && state() == ATTACHED) {
      channelSerial = serial;
    }
  }

  private void received(Frame.Messages frame) {
    if (state() != ATTACHED) {
      return; // RTL17
    }
    List<io.holdfast.protocol.Message> wire = frame.messages();
    DeltaReader reader = deltas;
    if (reader == null
        && (DeltaReader.asked(name, wanted.params())
            || wire.stream().anyMatch(DeltaReader::isDelta))) {
      reader = new DeltaReader();
      deltas = reader;
    }
    if (reader != null) {
      switch (reader.read(frame)) {
        case DeltaReader.Outcome.Whole(List<io.holdfast.protocol.Message> whole) -> wire = whole;
        case DeltaReader.Outcome.Unreadable(String why) -> {
          unreadable(why);
          return;
        }
      }
      unread = false;
    }
    note(frame.channelSerial());
    for (int i = 0; messages().heard() && i < wire.size(); i++) {
      String id = frame.id() == null ? null : frame.id() + ":" + i;
      messages().emit(coding.decode(wire.get(i), id, frame.connectionId(), frame.timestamp()));
    }
  }

  /**
   * Asks again for what follows the last message that was read, the first of which is whole
   * (RTL18). A server that goes on with what cannot be read is not asked for ever.
   */
  private void unreadable(String why) {
    ErrorInfo error = Fault.BAD_DELTA.info(why);
    LOG.warn("Channel {}: {}", name, error.message());
    if (unread) {
      to(FAILED, error);
    } else {
      unread = true;
      request(ATTACHING, error);
    }
  }

  private void received(Frame.Annotations frame) {
    if (state() != ATTACHED) {
      return; // as messages: they come again
    }
    note(frame.channelSerial());
    Broadcast<Annotation> heard = contents.annotationsIfAny();
    if (heard != null && heard.heard()) {
      for (int i = 0; i < frame.annotations().size(); i++) {
        String id = frame.id() == null ? null : frame.id() + ":" + i;
        heard.emit(coding.decode(frame.annotations().get(i), id, frame.timestamp()));
      }
    }
  }

  private void attached(Frame.Attached frame) {
    if (state() == DETACHING) {
      ask(); // RTL5i: it crossed our DETACH
      return;
    }
    if (state() != ATTACHING && state() != ATTACHED && state() != SUSPENDED) {
      return;
    }
    boolean resumed = (frame.flags() & Flags.RESUMED) != 0;
    boolean backlog = (frame.flags() & Flags.HAS_BACKLOG) != 0;
    ChannelState previous = state();
    stopTimer();
    channelSerial = frame.channelSerial() == null ? channelSerial : frame.channelSerial();
    standing =
        new Standing(
            ATTACHED,
            frame.error(),
            ChannelMode.of(frame.flags()),
            frame.params(),
            resumed && standing.attachSerial() != null
                ? standing.attachSerial()
                : frame.channelSerial());
    if (backoff != null) {
      backoff.reset();
    }
    if (previous != ATTACHED || !resumed) {
      contents.present((frame.flags() & Flags.HAS_PRESENCE) != 0);
      changes.emit(new ChannelChange(previous, ATTACHED, frame.error(), resumed, backlog));
    }
    contents.share(frame.flags());
    awaitAttached.complete();
    awaitConfigured.complete();
  }

  private void detached(Frame.Detached frame) {
    ErrorInfo reason = frame.error() == null ? Fault.DETACHED.info() : frame.error();
    boolean answer = detaches > 0;
    detaches -= answer ? 1 : 0;
    switch (state()) {
      case DETACHING -> to(DETACHED, frame.error());
      case ATTACHING -> {
        if (!answer) { // else it is about what came before: the ATTACH is answered after it
          to(SUSPENDED, reason);
        }
      }
      case ATTACHED, SUSPENDED -> request(ATTACHING, reason);
      case INITIALIZED, DETACHED, FAILED -> {}
    }
  }

  private void failed(ErrorInfo error) {
    switch (state()) {
      case ATTACHING, ATTACHED, DETACHING, SUSPENDED -> to(FAILED, error);
      case INITIALIZED, DETACHED, FAILED -> {}
    }
  }

  // --- steps -------------------------------------------------------------------------------------

  private void to(ChannelState next, @Nullable ErrorInfo reason) {
    ChannelState previous = state();
    stopTimer();
    if (next == previous) {
      return;
    }
    boolean ends = next == DETACHED || next == FAILED;
    if (ends) {
      channelSerial = null; // RTL15b2; a suspended channel goes on where it was
      deltas = null;
      unread = false;
    }
    standing =
        new Standing(
            next,
            reason,
            ends || next == SUSPENDED ? Set.of() : standing.modes(),
            ends || next == SUSPENDED ? Map.of() : standing.params(),
            ends ? null : standing.attachSerial());
    changes.emit(new ChannelChange(previous, next, reason, false, false));
    settle(next, reason);
  }

  private void settle(ChannelState next, @Nullable ErrorInfo reason) {
    switch (next) {
      case INITIALIZED, ATTACHING -> {}
      case DETACHING -> {
        awaitAttached.fail(Fault.SUPERSEDED.info());
        awaitConfigured.fail(Fault.SUPERSEDED.info());
      }
      case ATTACHED -> {
        awaitDetached.fail(reason == null ? Fault.SUPERSEDED.info() : reason);
        awaitTurn.complete();
      }
      case DETACHED -> {
        awaitDetached.complete();
        gone(reason == null ? Fault.DETACHED.info() : reason, true);
        awaitTurn.complete();
      }
      case SUSPENDED -> {
        gone(reason == null ? Fault.DETACHED.info() : reason, false);
        awaitTurn.fail(reason == null ? Fault.DETACHED.info() : reason);
        if (online()) {
          retry();
        }
      }
      case FAILED -> {
        gone(reason == null ? Fault.DETACHED.info() : reason, true);
        awaitTurn.fail(reason == null ? Fault.DETACHED.info() : reason);
      }
    }
  }

  private void gone(ErrorInfo error, boolean forget) {
    awaitAttached.fail(error);
    awaitConfigured.fail(error);
    awaitDetached.fail(error);
    contents.gone(error, forget);
  }

  private void retry() {
    if (backoff == null) {
      ClientOptions options = parts.options();
      backoff = new Backoff(options.retryFirst(), options.retryLongest(), parts.random());
    }
    timer =
        parts
            .timers()
            .after(
                backoff.next(),
                () -> {
                  timer = null;
                  if (state() == SUSPENDED && online()) {
                    request(ATTACHING, null);
                  }
                });
  }
}
