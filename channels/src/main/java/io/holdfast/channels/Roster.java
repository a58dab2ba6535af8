package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Entry;
import io.holdfast.fold.Member;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
import io.holdfast.nodes.Nodes;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is shown to be present: members that a run of a node answered for which is no more only until
 * their grace is over. Of the channel's lane.
 */
final class Roster {
  /** How long clients of a node that is gone have to come back to another, ms. */
  static final long GRACE = 15_000;

  /** Of several nodes that would say so one does, and the next if it does not, ms. */
  private static final long NEXT_NODE = 1_000;

  private static final long NEVER = Long.MAX_VALUE;

  private final Channel handle;
  private final Services services;
  private final ChannelState state;

  /** Runs that are not known to live and have said something here, and when; few at a time. */
  private final Map<String, Long> heardOf = new HashMap<>(0);

  /** From when on there may be members who are not shown. */
  private long hidingFrom = NEVER;

  Roster(Channel handle, Services services, ChannelState state) {
    this.handle = handle;
    this.services = services;
    this.state = state;
  }

  /** Those present; not who was to leave by now and whose departure is only on its way. */
  Collection<Member> members() {
    return hiding() ? state.members().stream().filter(m -> !isGone(m)).toList() : state.members();
  }

  /** Whether there may be members who are not shown. */
  boolean hiding() {
    return services.timers().now() >= hidingFrom;
  }

  /** Whether the run that answered for a member is no more, and its grace is over. */
  boolean isGone(Member member) {
    return services.timers().now() >= due(member.owner().boot());
  }

  /** Until when members of a run are there, ms. */
  private long due(String boot) {
    Nodes nodes = services.nodes();
    if (nodes.alive(boot)) {
      return NEVER;
    }
    long seen = Math.max(nodes.lastSeen(boot), heardOf.getOrDefault(boot, 0L));
    long ready = Math.max(services.readySince(), nodes.firstHeard());
    return seen == 0
        ? ready + services.settings().earlierBootGrace()
        : seen + nodes.lease() + GRACE;
  }

  /** Those present who are not shown. */
  List<Member> hidden() {
    return hiding() ? state.members().stream().filter(this::isGone).toList() : List.of();
  }

  /** Whether one that was hidden is shown by now. */
  boolean shown(Member hiddenBefore) {
    Member now = state.member(hiddenBefore.key());
    return now != null && !isGone(now);
  }

  /** An entry is applied, which may have come late and be of a run that is no more. */
  void applied(Entry entry) {
    for (Part part : entry.parts()) {
      switch (part) {
        case Part.Presence presence -> heard(presence.owner());
        case Part.Own own -> heard(own.owner());
        case Part.Publish p -> {}
        case Part.Mutate m -> {}
        case Part.Append a -> {}
        case Part.Annotate a -> {}
        case Part.Operate o -> {}
        case Part.Collect c -> {}
        case Part.Expire e -> {}
        case Part.Depart d -> {}
      }
    }
  }

  private void heard(Owner owner) {
    if (!services.nodes().alive(owner.boot())) {
      heardOf.put(owner.boot(), services.timers().now());
      look();
    }
  }

  /** Looks whose run is no more, and has them leave when their grace is over. */
  void look() {
    hidingFrom = NEVER;
    heardOf.keySet().removeIf(services.nodes()::alive);
    for (Member member : state.members()) {
      hidingFrom = Math.min(hidingFrom, due(member.owner().boot()));
    }
    if (hidingFrom == NEVER) {
      return;
    }
    lookWhenDue(Long.MIN_VALUE);
  }

  /** Has the next of those leave whose grace is over later than a time, ms. */
  void lookWhenDue(long after) {
    long next = NEVER;
    for (Member member : state.members()) {
      long due = due(member.owner().boot());
      next = due > after ? Math.min(next, due) : next;
    }
    if (next == NEVER) {
      return;
    }
    long wait = Math.max(0, next - services.timers().now());
    long turn = services.nodes().rank(handle.id().toString()) * NEXT_NODE;
    services
        .timers()
        .after(wait + turn, () -> handle.offer(open -> open.departures().ofGoneNodes()));
  }
}
