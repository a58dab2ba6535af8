package io.holdfast.channels;

import io.holdfast.fold.Applied;
import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.Entry;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.Event;
import io.holdfast.fold.Member;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.Journal;
import io.holdfast.journal.JournalException;
import io.holdfast.journal.StoredEntry;
import io.holdfast.objects.Pool;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A channel in memory: where entries meet the state, and what comes of it goes out. Everything here
 * runs on the channel's lane.
 */
final class OpenChannel {
  /** Nobody makes room on a disk in a moment, ms. */
  private static final long ROOM = 10_000;

  private final Channel handle;
  private final Services services;
  private final ChannelState state;
  private final Pending pending = new Pending();
  private final Outbox outbox;
  private final Rollup rollup;
  private final Departures departures;
  private final Admission admission;
  private final Ephemerals ephemerals;
  private final Roster roster;
  private final Attachments attachments = new Attachments();
  private final Recents recents;
  private final Summaries summaries;
  private final Counting counting;
  private final Storing storing;
  private final Shortening shortening;
  private final Joining joining;
  private final Reading reading;
  private final Loading loading;
  private final Collecting collecting;
  private final Inband inband;
  private final Expiring expiring;
  private Journal.@Nullable Subscription follow;
  private long beganAt;
  private long readyAt;
  private boolean ready;
  private boolean confirming;
  private long usedAt;

  /** Whether any client has used it; the node looks after channels that nobody uses too. */
  private boolean used;

  OpenChannel(Channel handle, Services services, ChannelState state, Storing storing) {
    this.handle = handle;
    this.services = services;
    this.state = state;
    this.storing = storing;
    this.shortening = new Shortening(handle, services, state, storing);
    String ids = services.boot() + ":" + handle.id() + ":" + System.identityHashCode(this) + ":";
    this.outbox =
        new Outbox(
            handle.id(), services.journal(), state.limits(), services.settings().entryBytes(), ids);
    this.loading = new Loading(handle, services, state);
    this.collecting = new Collecting(handle, services, state, outbox, attachments, loading);
    this.inband = new Inband(handle, services, state, attachments);
    this.roster = new Roster(handle, services, state);
    this.departures = new Departures(handle, services, state, outbox, roster);
    this.rollup = new Rollup(services.timers(), this::windowOver, outbox::add);
    this.recents = new Recents(services.settings().recentBytes(), state.end());
    this.summaries = new Summaries(handle, services.timers(), state, attachments);
    this.counting =
        new Counting(handle, services, attachments, this::occupancy, () -> roster.members().size());
    this.joining =
        new Joining(
            handle,
            services,
            state,
            storing,
            attachments,
            recents,
            departures,
            roster,
            pending::entering);
    this.reading = new Reading(handle, services.journal(), state, storing, roster::members);
    this.ephemerals = new Ephemerals(handle, services, state, attachments);
    this.admission =
        new Admission(
            state,
            pending,
            rollup,
            outbox,
            ephemerals,
            departures::move,
            origin -> services.doubts().has(handle.id(), origin));
    this.expiring = new Expiring(handle, services, state, storing, outbox, this::unused);
    this.usedAt = services.timers().now();
  }

  private void windowOver(Publisher publisher) {
    handle.offer(open -> open.rollup.expire(publisher));
  }

  // ---- catching up ----

  /** Follows the log; ready for work once it has folded through {@code end}. */
  void follow(Journal.Subscription subscription, long end) {
    follow = subscription;
    beganAt = state.end().position();
    readyAt = Math.max(readyAt, end);
    becomeReady();
  }

  boolean ready() {
    return ready;
  }

  private void becomeReady() {
    if (ready || confirming || follow == null || state.end().position() < readyAt) {
      return;
    }
    if (services.journal().shared()) {
      confirming = true;
      storing.confirm(
          beganAt,
          through -> {
            confirming = false;
            readyAt = Math.max(readyAt, through);
            if (state.end().position() >= readyAt) {
              beReady();
            }
          });
    } else {
      beReady();
    }
  }

  private void beReady() {
    ready = true;
    recents.startAfter(state.end());
    roster.look();
    departures.ofThoseBefore();
  }

  // ---- entries ----

  void entry(StoredEntry stored) {
    if (stored.position() <= state.end().position()) {
      return;
    }
    Outbox.Flight flight = outbox.flightOf(stored.bytes());
    Entry entry = flight == null ? EntryCodec.decode(stored.bytes()) : flight.entry();
    loading.whatIsChanged(entry, () -> apply(stored, entry, flight));
  }

  private void apply(StoredEntry stored, Entry entry, Outbox.@Nullable Flight flight) {
    List<Member> hidden = roster.hidden();
    List<Member> ended = flight == null ? departures.ownEndedBy(entry) : List.of();
    Applied applied = state.apply(stored.position(), stored.time(), entry);
    storing.folded(stored.bytes().length);
    departures.applied(entry, applied.cursor());
    if (ready) {
      roster.applied(entry);
    }
    if (hidden.stream().anyMatch(roster::shown)) {
      // back at the last moment, without an event: whoever was told of the others must hear of it
      joining.syncAll();
    }
    if (ready) {
      for (Event event : applied.events()) {
        recents.add(event);
        attachments.add(new Outgoing(handle.id().name(), event, false));
      }
      summaries.heard(applied.events());
    }
    if (flight != null) {
      // first what it made, then the answers: who awaits one finds the change among what it has,
      // as the SDKs' users and tests expect
      attachments.flush();
      settle(flight, applied);
      collecting.applied(entry, stored.time());
      expiring.applied(entry);
    } else if (ready) {
      services.elsewhere().published(handle.id(), entry);
      joining.moveLate(entry);
      departures.late(entry);
      ended.stream()
          .filter(member -> attachments.ofConnection(member.message().connectionId()).isPresent())
          .forEach(departures::comeBack);
    }
    becomeReady();
  }

  private void settle(Outbox.Flight flight, Applied applied) {
    List<Ticket> tickets = flight.tickets();
    if (tickets.size() != applied.outcomes().size()) {
      throw new IllegalStateException(
          tickets.size() + " frames and " + applied.outcomes().size() + " outcomes");
    }
    for (int i = 0; i < tickets.size(); i++) {
      pending.done(tickets.get(i), applied.outcomes().get(i).verdict());
    }
  }

  // ---- frames of clients ----

  private void use() {
    usedAt = services.timers().now();
    used = true;
  }

  /** Whether a frame may be refused by what is known here. */
  boolean mayRefuse(Submission submission) {
    Part part = submission.part();
    String target = ChannelState.target(part);
    boolean unread =
        (target != null && state.message(target) == null)
            || (ChannelState.ofObjects(part) && !state.objectsLoaded());
    return unread || admission.wouldRefuse(submission);
  }

  void submit(Submission submission) {
    use();
    Runnable admit = () -> admission.admit(submission);
    Runnable failed = () -> submission.reply().accept(new Verdict.Unknown());
    String target = ChannelState.target(submission.part());
    if (target != null && state.message(target) == null) {
      loading.messages(Set.of(target), admit, failed);
    } else if (ChannelState.ofObjects(submission.part())) {
      collecting.used();
      loading.objects(admit, failed);
    } else {
      admit.run();
    }
  }

  /** The shared objects as they stand. */
  void objects(CompletableFuture<Pool> to) {
    use();
    collecting.used();
    reading.owe(to);
    loading.objects(
        () -> reading.answer(to, state.objects(), null),
        () ->
            reading.answer(
                to,
                Pool.EMPTY,
                new IllegalStateException("the objects of " + handle.id() + " cannot be read")));
  }

  boolean appliedBefore(Origin origin) {
    return state.knownBefore(origin) instanceof Verdict.Accepted;
  }

  /** What looks after the shared objects. */
  Collecting collecting() {
    return collecting;
  }

  void flushRollup(Publisher publisher) {
    rollup.flush(publisher);
  }

  /** Lets out all that waits for a window. */
  void flushAllRollups() {
    rollup.flushAll();
  }

  /** Whether what others have written must be known before an attachment can begin. */
  boolean knowsTooLittleFor(AttachRequest request) {
    Cursor place = request.channelSerial() == null ? null : Cursor.parse(request.channelSerial());
    return place == null || place.compareTo(state.end()) > 0 || !recents.covers(place);
  }

  void attach(AttachRequest request) {
    use();
    if (!request.view().showsObjects()) {
      joining.attach(request);
      return;
    }
    loading.objects(
        () -> joining.attach(request),
        () ->
            request
                .subscriber()
                .executor()
                .execute(() -> request.subscriber().overrun(ErrorCode.CHANNEL_FAILED.info())));
  }

  void detach(Seat seat, Runnable gone) {
    use();
    joining.detach(seat, gone);
  }

  /** A transport is gone; its attachment with it, if it is still the one. */
  void dropped(Attachment attachment) {
    joining.dropped(attachment);
  }

  void sync(Seat seat) {
    joining.sync(seat);
  }

  void syncObjects(Seat seat) {
    joining.syncObjects(seat);
  }

  Roster roster() {
    return roster;
  }

  Summaries summaries() {
    return summaries;
  }

  Counting counting() {
    return counting;
  }

  Ephemerals ephemerals() {
    return ephemerals;
  }

  /** A node has come or gone, and with it who answers for members and who is counted there. */
  void nodesChanged() {
    if (ready) {
      boolean hiding = roster.hiding();
      roster.look();
      if (hiding) {
        // a node may be heard again: whoever was told of the others must hear of its members
        joining.syncAll();
      }
    }
    counting.nodesChanged();
  }

  Inband inband() {
    return inband;
  }

  /** Who is on the channel. */
  Occupancy occupancy() {
    return Occupancy.of(attachments.all(), roster.members());
  }

  /** A client asks what it is used for. */
  ChannelUse asked() {
    use();
    return inUse();
  }

  ChannelUse inUse() {
    Occupancy now = occupancy();
    return new ChannelUse(used || now.any(), now);
  }

  /** What the server itself has to say of members. */
  Departures departures() {
    return departures;
  }

  Reading reading() {
    use();
    return reading;
  }

  ChannelState state() {
    return state;
  }

  Storing storing() {
    return storing;
  }

  Shortening shortening() {
    return shortening;
  }

  // ---- the end of a turn ----

  /** What the turn brought goes out; then the next entry is sent. */
  void endOfTurn() {
    summaries.tellDue();
    attachments.flush();
    if (!ready) {
      return;
    }
    outbox.runInPlace();
    attachments.flush();
    counting.look();
    inband.look();
    outbox.send(
        (at, failure) -> {
          if (failure != null) {
            handle.result(open -> open.failed(failure));
          } else {
            handle.result(OpenChannel::landed);
          }
        });
    state.shrink(services.settings().cacheBytes());
    storing.checkpointIfDue();
  }

  private void landed() {
    outbox.landed();
  }

  /** The engine did not take the entry, so its frames may be refused. */
  private void failed(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (cause instanceof JournalException refused
        && refused.reason() != JournalException.Reason.UNKNOWN) {
      Outbox.Flight flight = outbox.landed();
      if (flight != null) {
        Verdict.Refused here = new Verdict.Refused(refusal(refused));
        flight.tickets().forEach(ticket -> pending.done(ticket, ticket.untaken(here)));
        flight.again().forEach(departures::sayLater);
      }
      return;
    }
    // the outcome is unknown: nobody is told anything, clients resend when the channel is back
    handle.crash(failure);
  }

  private static ErrorInfo refusal(JournalException refused) {
    return switch (refused.reason()) {
      case NO_SPACE ->
          ErrorCode.UNAVAILABLE.info("there is too little free disk space to publish").after(ROOM);
      case BUSY -> ErrorCode.BUSY.info();
      case CLOSED -> ErrorCode.UNAVAILABLE.info("the server is stopping");
      case HELD, NEWER_FORMAT, UNKNOWN, UNREADABLE -> ErrorCode.INTERNAL.info();
    };
  }

  ChannelLoad load() {
    return new ChannelLoad(handle.load(), recents.bytes(), state.weight(), attachments.size());
  }

  // ---- leaving memory ----

  Expiring expiring() {
    return expiring;
  }

  /** Whether nobody is here and nothing waits. */
  boolean unused() {
    return ready
        && attachments.isEmpty()
        && pending.isEmpty()
        && outbox.isEmpty()
        && rollup.isEmpty()
        && departures.isEmpty()
        && !reading.busy()
        && !storing.busy();
  }

  /** Whether nobody has used the channel for a while and nothing waits. */
  boolean idle() {
    return unused() && services.timers().now() - usedAt >= services.settings().idle();
  }

  /** Writes what has changed, or leaves memory when nothing has. */
  void retire() {
    if (!state.clean()) {
      storing.checkpoint();
    } else if (handle.retireIfQuiet()) {
      close();
    }
  }

  /** Hears no more of its log. */
  void close() {
    if (follow != null) {
      follow.close();
    }
  }

  /** Done when what was given to the journal has come to its end, whichever. */
  CompletableFuture<?> underWay() {
    return outbox.underWay();
  }

  /** Clients come back and resend; until then nobody is told anything. */
  void crashed() {
    close();
    List<Origin> frames = outbox.framesUnderWay();
    if (services.journal().shared() && !frames.isEmpty()) {
      // it may be stored after it was given up, and that may be a while from now
      services.doubts().add(handle.id(), frames);
      var _ = underWay().whenComplete((at, lost) -> services.doubts().add(handle.id(), frames));
    }
    handle.offerFirst(departures.owed());
    pending.giveUp();
    reading.giveUp();
    joining.disconnectAll(ErrorCode.CHANNEL_FAILED.info());
  }
}
