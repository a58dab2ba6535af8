package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.Entry;
import io.holdfast.fold.Member;
import io.holdfast.fold.Part;
import io.holdfast.fold.StoredMessage;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings attachments in and lets them go: decides whether a client can go on from where it was, and
 * gives it what it missed before it hears anything new. Of the channel's lane.
 */
final class Joining {
  private static final long HEARING =
      Flags.SUBSCRIBE
          | Flags.PRESENCE_SUBSCRIBE
          | Flags.ANNOTATION_SUBSCRIBE
          | Flags.OBJECT_SUBSCRIBE;

  /** Roughly, for bounds. */
  private static final int ATTACHED_BYTES = 500;

  private final Channel handle;
  private final Services services;
  private final ChannelState state;
  private final Storing storing;
  private final Attachments attachments;
  private final Recents recents;
  private final Departures departures;
  private final Roster roster;
  private final Predicate<String> entering;
  private final ObjectSyncs objects;
  private final String channel;
  private long syncs;

  Joining(
      Channel handle,
      Services services,
      ChannelState state,
      Storing storing,
      Attachments attachments,
      Recents recents,
      Departures departures,
      Roster roster,
      Predicate<String> entering) {
    this.handle = handle;
    this.services = services;
    this.state = state;
    this.storing = storing;
    this.attachments = attachments;
    this.recents = recents;
    this.departures = departures;
    this.roster = roster;
    this.entering = entering;
    this.objects = new ObjectSyncs(state, services.settings().objectPageBytes());
    this.channel = handle.id().name();
  }

  void attach(AttachRequest request) {
    Cursor presented =
        request.channelSerial() == null ? null : Cursor.parse(request.channelSerial());
    boolean resumed = presented != null && canResume(presented);
    Cursor at = resumed && presented != null ? presented : state.end();
    Holding holding = resumed ? Holding.orNew(request.held(), at) : new Holding(at);
    Attachment attachment =
        new Attachment(
            request.subscriber(),
            request.connectionId(),
            request.view(),
            services.settings().backlogBytes(),
            holding);
    // the attachment before may have promised members and not sent them yet
    Attachments.Place before = attachments.get(attachment.seat());
    boolean again = before != null;
    Attachments.Place place = attachments.add(attachment, request.owner());
    place.awaitEnd(before != null && before.mayAwaitMembers());
    boolean lost = !resumed && request.channelSerial() != null;
    long owed = Cursor.owedSince(request.channelSerial());
    boolean hears = attachment.has(Flags.SUBSCRIBE);
    Rewind rewind =
        hears && (request.channelSerial() == null || owed >= 0) ? request.rewind() : null;
    long oldest = rewind == null ? 0 : owed >= 0 ? owed : rewind.oldest(services.timers().now());
    boolean behind = attachment.has(HEARING) && at.compareTo(state.end()) < 0;
    Consumer<Boolean> attached =
        backlog -> {
          // by now, as reading what to rewind takes its time, and so is what is promised
          place.awaitSync(again || !roster.members().isEmpty());
          tell(
              request,
              attachment,
              new Frame.Attached(
                  request.view().name(),
                  backlog ? at.owing(oldest) : at.toString(),
                  flags(request, resumed, backlog || behind),
                  request.view().params(),
                  lost ? continuityLost() : null));
        };
    if (resumed) {
      moveMembers(request);
    }
    if (rewind != null) {
      Runnable then = () -> catchUp(place, at);
      BooleanSupplier wanted = () -> attachments.has(place);
      new Rewinding(handle, services, state, storing, place, rewind, at, oldest, wanted, then)
          .start(attached);
      return;
    }
    attached.accept(false);
    if (resumed && attachment.has(Flags.SUBSCRIBE)) {
      new Lookback(handle, services.journal(), state, storing, recents)
          .find(at, messages -> summarise(place, at, messages));
    } else {
      catchUp(place, at);
    }
  }

  private static void tell(AttachRequest request, Attachment attachment, Frame.Attached attached) {
    SharedFrame frame = new SharedFrame(attached);
    attachment
        .subscriber()
        .executor()
        .execute(
            () -> {
              request.attached().accept(attachment);
              attachment.send(frame, ATTACHED_BYTES);
              attachment.subscriber().flush();
            });
  }

  private boolean canResume(Cursor presented) {
    return presented.generation() == state.end().generation()
        && presented.compareTo(state.end()) <= 0
        && (recents.covers(presented) || storing.keepsAllAfter(presented));
  }

  private static ErrorInfo continuityLost() {
    return ErrorCode.CONTINUITY_LOST.info(
        "the place to go on from is no longer kept, so the attachment begins anew; read what was"
            + " missed from history");
  }

  private long flags(AttachRequest request, boolean resumed, boolean backlog) {
    long flags = request.view().modes();
    flags |= resumed ? Flags.RESUMED : 0;
    flags |= backlog ? Flags.HAS_BACKLOG : 0;
    boolean present =
        (request.view().modes() & Flags.PRESENCE_SUBSCRIBE) != 0 && !roster.members().isEmpty();
    // there always is a root
    boolean objects = (request.view().modes() & Flags.OBJECT_SUBSCRIBE) != 0;
    return flags | (present ? Flags.HAS_PRESENCE : 0) | (objects ? Flags.HAS_OBJECTS : 0);
  }

  /** A client that is back answers for its members from this transport. */
  private void moveMembers(AttachRequest request) {
    boolean owned =
        state.members().stream()
            .anyMatch(
                member ->
                    request.connectionId().equals(member.message().connectionId())
                        && !request.owner().equals(member.owner()));
    if (owned || entering.test(request.connectionId())) {
      departures.move(new Part.Own(request.connectionId(), request.owner()));
    }
  }

  /**
   * An entry of another node is applied: who entered there and has come over since, to where its
   * ENTER was not known yet, is answered for from here.
   */
  void moveLate(Entry entry) {
    for (Part part : entry.parts()) {
      if (part instanceof Part.Presence presence
          && !presence.owner().boot().equals(services.boot())) {
        String connection = String.valueOf(presence.messages().getFirst().connectionId());
        boolean there =
            state.members().stream()
                .anyMatch(
                    member ->
                        connection.equals(member.message().connectionId())
                            && member.owner().equals(presence.owner()));
        if (there) {
          attachments
              .ofConnection(connection)
              .ifPresent(place -> departures.move(new Part.Own(connection, place.owner())));
        }
      }
    }
  }

  /** Tells a client what may have been on its way to it when it was cut off, then goes on. */
  private void summarise(Attachments.Place place, Cursor at, List<StoredMessage> messages) {
    if (messages.isEmpty()) {
      catchUp(place, at);
      return;
    }
    List<Outgoing> summaries = new ArrayList<>(messages.size());
    for (StoredMessage message : messages) {
      summaries.add(new Outgoing(channel, Summaries.current(message, at), false));
    }
    Runnable done = () -> handle.offer(open -> catchUp(place, at));
    place.executor().execute(() -> Pacing.events(place.attachment(), summaries, done));
  }

  private void catchUp(Attachments.Place place, Cursor at) {
    if (!attachments.has(place)) {
      return;
    }
    if (recents.covers(at)) {
      fromMemory(place, Summaries.retold(channel, recents.since(at)));
    } else {
      Replay replay =
          new Replay(
              handle,
              services.journal(),
              state,
              storing,
              place,
              () -> attachments.has(place),
              at,
              cursor -> catchUp(place, cursor),
              recents::covers);
      replay.next();
    }
  }

  /** Goes live with what is left, or tells it first if that is more than may wait at once. */
  private void fromMemory(Attachments.Place place, List<Outgoing> left) {
    Attachment attachment = place.attachment();
    if (left.stream().mapToLong(Outgoing::weight).sum() <= attachment.maxBacklog() / 2) {
      live(place, left);
      return;
    }
    Cursor through = left.getLast().event().cursor();
    Runnable done = () -> handle.offer(open -> catchUp(place, through));
    place.executor().execute(() -> Pacing.events(attachment, left, done));
  }

  /** The last step: what is left, the members as they are now, and from here on everything. */
  private void live(Attachments.Place place, List<Outgoing> left) {
    Attachment attachment = place.attachment();
    List<SharedFrame> sync = syncPages(place);
    ObjectPages pages = objectPages(place);
    Runnable told = objectsTold(place);
    attachments.goLive(
        place,
        () -> {
          left.forEach(attachment::deliver);
          sync.forEach(page -> attachment.send(page, 1_000));
          if (pages != null) {
            attachment.syncObjects(pages, told);
          }
        });
  }

  /**
   * The objects as they stand, for those who hear of them; null for the others and for who is still
   * being told, and is told again afterwards.
   */
  private @Nullable ObjectPages objectPages(Attachments.Place place) {
    Attachment attachment = place.attachment();
    return attachment.has(Flags.OBJECT_SUBSCRIBE) && place.asksForObjects()
        ? objects.pages(attachment.view().name())
        : null;
  }

  /** A client asks for the objects again. */
  void syncObjects(Seat seat) {
    Attachments.Place place = attachments.get(seat);
    if (place != null && place.live()) {
      syncObjects(place);
    }
  }

  private void syncObjects(Attachments.Place place) {
    ObjectPages pages = objectPages(place);
    if (pages != null) {
      attachments.flush();
      Runnable told = objectsTold(place);
      place.executor().execute(() -> place.attachment().syncObjects(pages, told));
    }
  }

  private Runnable objectsTold(Attachments.Place place) {
    return () ->
        handle.offer(
            open -> {
              if (place.objectsTold() && attachments.has(place)) {
                syncObjects(place);
              }
            });
  }

  private List<SharedFrame> syncPages(Attachments.Place place) {
    Collection<Member> now = roster.members();
    String name = place.attachment().view().name();
    if (!place.attachment().has(Flags.PRESENCE_SUBSCRIBE)) {
      // what it was promised before it lost the right ends, without a word of who is here
      return place.awaitsEnd() ? PresenceSync.pages(name, List.of(), "s" + syncs++) : List.of();
    }
    // a client that was told of members waits for them, though they have left meanwhile
    return place.awaitsSync() || !now.isEmpty()
        ? PresenceSync.pages(name, now, "s" + syncs++)
        : List.of();
  }

  /**
   * A client asks for the members again. One that asks before it has read the last answer, or
   * before its attachment is complete, is about to get them anyway.
   */
  void sync(Seat seat) {
    Attachments.Place place = attachments.get(seat);
    if (place != null && place.asksForMembers()) {
      sync(place);
      Runnable answered = () -> handle.offer(open -> place.membersTold());
      place.executor().execute(() -> place.attachment().whenDrained(answered));
    }
  }

  /**
   * Everyone is sent the members again; who is not live yet, maybe not told ATTACHED, is so then.
   */
  void syncAll() {
    attachments.all().stream().filter(Attachments.Place::live).forEach(this::sync);
  }

  private void sync(Attachments.Place place) {
    if (!place.attachment().has(Flags.PRESENCE_SUBSCRIBE)) {
      return;
    }
    attachments.flush();
    List<SharedFrame> pages =
        PresenceSync.pages(place.attachment().view().name(), roster.members(), "s" + syncs++);
    place
        .executor()
        .execute(
            () -> {
              pages.forEach(page -> place.attachment().send(page, 1_000));
              place.attachment().subscriber().flush();
            });
  }

  /** Ends an attachment; {@code gone} runs on its executor, or at once if there is none. */
  void detach(Seat seat, Runnable gone) {
    Attachments.Place place = attachments.remove(seat);
    if (place == null) {
      gone.run();
    } else {
      place.executor().execute(gone);
    }
  }

  void dropped(Attachment attachment) {
    Attachments.Place place = attachments.get(attachment.seat());
    if (place != null && place.attachment() == attachment) {
      attachments.remove(attachment.seat());
    }
  }

  void disconnectAll(ErrorInfo why) {
    attachments
        .all()
        .forEach(
            place ->
                place
                    .executor()
                    .execute(
                        () -> {
                          place.attachment().end();
                          place.attachment().subscriber().overrun(why);
                        }));
  }
}
