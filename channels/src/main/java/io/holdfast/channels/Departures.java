package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.Entry;
import io.holdfast.fold.Member;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the server itself has to say of members: that they move to another transport, and that they
 * leave. Nobody else would say it, so it is said until it is stored. Of the channel's lane.
 */
final class Departures {
  private static final int RETRY = 1_000;

  private final Channel handle;
  private final Services services;
  private final ChannelState state;
  private final Outbox outbox;
  private final Roster roster;

  /** What was refused and will be said again. */
  private final List<Consumer<OpenChannel>> unsaid = new ArrayList<>(0);

  /** Transports whose members may not have been missed and are yet to be looked for, each once. */
  private final Set<Past> awaited = new HashSet<>(0);

  /** A transport that is over. */
  private record Past(String connectionId, Owner owner) {}

  private long departures;

  Departures(Channel handle, Services services, ChannelState state, Outbox outbox, Roster roster) {
    this.handle = handle;
    this.services = services;
    this.state = state;
    this.outbox = outbox;
    this.roster = roster;
  }

  boolean isEmpty() {
    return unsaid.isEmpty() && awaited.isEmpty();
  }

  /** Members move to the transport their connection has now. */
  void move(Part own) {
    outbox.add(own, new Moving(own));
  }

  private record Moving(Part own) implements Consumer<OpenChannel> {
    @Override
    public void accept(OpenChannel open) {
      open.departures().move(own);
    }
  }

  /** A transport is lost: members of its connection leave if it still answers for them. */
  void ofTransport(String connectionId, Owner owner) {
    inTurn(
        () -> lost(connectionId, owner),
        open -> open.departures().ofTransport(connectionId, owner));
  }

  private void lost(String connectionId, Owner owner) {
    Consumer<OpenChannel> again = open -> open.departures().ofTransport(connectionId, owner);
    if (waitsForMoves(() -> lost(connectionId, owner), again)) {
      return;
    }
    for (Member member : List.copyOf(state.members())) {
      if (connectionId.equals(member.message().connectionId()) && owner.equals(member.owner())) {
        depart(member, again);
      }
    }
  }

  /** A client leaves, and hears of it once its members have. */
  void ofClient(Leaving leaving) {
    inTurn(() -> leave(leaving), leaving);
  }

  /**
   * An entry is applied: whoever enters by it stays, though a leave waits, here or, as it came from
   * the channel's life before, to be handed in.
   */
  void applied(Entry entry, Cursor at) {
    if (entry.parts().stream().noneMatch(Part.Presence.class::isInstance)) {
      return;
    }
    List<Leaving> waiting =
        Stream.of(unsaid, outbox.unsaid(), handle.handedIn(Leaving.class))
            .flatMap(List::stream)
            .filter(Leaving.class::isInstance)
            .map(Leaving.class::cast)
            .toList();
    if (waiting.isEmpty()) {
      return;
    }
    for (int frame = 0; frame < entry.parts().size(); frame++) {
      if (entry.parts().get(frame) instanceof Part.Presence) {
        String serial = new Cursor(at.generation(), at.position(), frame).toString() + ':';
        for (Member member : state.members()) {
          if (member.ownedAt().startsWith(serial)) {
            waiting.forEach(leaving -> leaving.entered(member, at));
          }
        }
      }
    }
  }

  private void leave(Leaving leaving) {
    List<Member> left = leaving.left(state.members(), state.end());
    if (left.isEmpty()) {
      leaving.done();
      return;
    }
    Part own = left.stream().anyMatch(this::isAnothers) ? leaving.own() : null;
    if (own != null) {
      // else the node that still answers for them takes it for the end of its own, which it had not
      // earned, and has them enter again
      move(own);
    }
    if (waitsForMoves(() -> leave(leaving), leaving)) {
      return;
    }
    for (Member member : left) {
      depart(member, leaving);
    }
    // and looks again when they are stored, unless they were refused and come again later
    outbox.inPlace(
        () -> {
          if (!unsaid.contains(leaving)) {
            leave(leaving);
          }
        },
        leaving);
  }

  private boolean isAnothers(Member member) {
    return !member.owner().boot().equals(services.boot());
  }

  /** The grace of members that a run of a node answered for which is no more is over. */
  void ofGoneNodes() {
    Consumer<OpenChannel> again = open -> open.departures().ofGoneNodes();
    if (!services.nodes().hears()) {
      // who is gone to a node that hears nobody may have been back for long
      sayLater(again);
      return;
    }
    if (waitsForMoves(this::ofGoneNodes, again)) {
      return;
    }
    for (Member member : List.copyOf(state.members())) {
      if (roster.isGone(member)) {
        depart(member, again);
      }
    }
    roster.lookWhenDue(services.timers().now());
  }

  /**
   * Members that a transport of this run answers for which was over when their entry came have not
   * been missed: that was looked for before. They leave now, when a client has had time to come
   * back.
   */
  void ofThoseBefore() {
    for (Member member : state.members()) {
      String connectionId = String.valueOf(member.message().connectionId());
      Past past = new Past(connectionId, member.owner());
      boolean over = !isAnothers(member) && !services.open().test(connectionId, member.owner());
      if (over && awaited.add(past)) {
        services.timers().after(Roster.GRACE, () -> handle.offer(open -> look(open, past)));
      }
    }
  }

  private void look(OpenChannel open, Past past) {
    awaited.remove(past);
    open.departures().ofTransport(past.connectionId, past.owner);
  }

  /** An entry is applied that this life of the channel has not sent. */
  void late(Entry entry) {
    boolean own = false;
    for (Part part : entry.parts()) {
      own |= part instanceof Part.Presence p && p.owner().boot().equals(services.boot());
      own |= part instanceof Part.Own o && o.owner().boot().equals(services.boot());
    }
    if (own) {
      ofThoseBefore();
    }
  }

  /** Members that this run answers for and an entry would end, before it is applied. */
  List<Member> ownEndedBy(Entry entry) {
    List<Member> own = new ArrayList<>(0);
    for (Part part : entry.parts()) {
      if (part instanceof Part.Depart depart) {
        Member member = state.member(depart.memberKey());
        if (member != null
            && member.ownedAt().equals(depart.ownedAt())
            && member.owner().boot().equals(services.boot())) {
          own.add(member);
        }
      }
    }
    return own;
  }

  /** Another node has taken this one for gone; whose clients are there all the same enter again. */
  void comeBack(Member member) {
    PresenceMessage last = member.message();
    // what it has said itself meanwhile decides: a LEAVE may be on its way, or news of it
    if (state.member(member.key()) == null && !outbox.says(part -> names(part, member))) {
      PresenceMessage again =
          new PresenceMessage(
              PresenceAction.ENTER,
              last.id(),
              last.clientId(),
              last.connectionId(),
              last.data(),
              last.encoding(),
              last.extras(),
              0);
      Part part = new Part.Presence(Origin.NONE, member.owner(), List.of(again));
      // nobody waits for the answer
      Ticket ticket = new Ticket(part, Origin.NONE, 0, 0, verdict -> {});
      outbox.add(part, ticket, open -> open.departures().comeBack(member));
    }
  }

  private static boolean names(Part part, Member member) {
    PresenceMessage last = member.message();
    return part instanceof Part.Presence presence
        && presence.messages().stream()
            .anyMatch(
                said ->
                    Objects.equals(said.connectionId(), last.connectionId())
                        && Objects.equals(said.clientId(), last.clientId()));
  }

  /** Does something behind all that is on its way, as an ENTER may be. */
  private void inTurn(Runnable task, Consumer<OpenChannel> again) {
    if (outbox.isEmpty()) {
      task.run();
    } else {
      outbox.inPlace(task, again);
    }
  }

  /** Puts a departure off while ownership may be about to move; tells whether it did. */
  private boolean waitsForMoves(Runnable now, Consumer<OpenChannel> again) {
    if (unsaid.stream().anyMatch(Moving.class::isInstance)) {
      sayLater(again);
      return true;
    }
    if (outbox.unsaid().stream().anyMatch(Moving.class::isInstance)) {
      // behind this
      outbox.inPlace(now, again);
      return true;
    }
    return false;
  }

  private void depart(Member member, Consumer<OpenChannel> again) {
    String id = "departed-" + services.boot() + ":" + departures++ + ":0";
    outbox.add(new Part.Depart(member.key(), member.ownedAt(), id), again);
  }

  void sayLater(Consumer<OpenChannel> again) {
    if (unsaid.contains(again)) {
      return;
    }
    unsaid.add(again);
    services
        .timers()
        .after(
            RETRY,
            () ->
                handle.offer(
                    open -> {
                      // else the channel was opened anew meanwhile, and has said it
                      if (open.departures().unsaid.remove(again)) {
                        again.accept(open);
                      }
                    }));
  }

  /** What the channel's next life has to say: moves first, since a member that has moved stays. */
  List<Consumer<OpenChannel>> owed() {
    List<Consumer<OpenChannel>> owed =
        Stream.concat(unsaid.stream(), outbox.unsaid().stream()).distinct().toList();
    return Stream.concat(
            owed.stream().filter(Moving.class::isInstance),
            owed.stream().filter(again -> !(again instanceof Moving)))
        .toList();
  }
}
