package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Member;
import java.util.Collection;
import java.util.List;

/**
 * Who is shown to be present: members that an earlier run of the node answered for only until their
 * grace is over. Of the channel's lane.
 */
final class Roster {
  private final Channel handle;
  private final Services services;
  private final ChannelState state;
  private boolean earlierBoots;

  Roster(Channel handle, Services services, ChannelState state) {
    this.handle = handle;
    this.services = services;
    this.state = state;
  }

  /** Those present; not who was to leave by now and whose departure is only on its way. */
  Collection<Member> members() {
    return hiding() ? state.members().stream().filter(this::ours).toList() : state.members();
  }

  private boolean hiding() {
    return earlierBoots && services.timers().now() >= earlierBootsDue();
  }

  private boolean ours(Member member) {
    return member.owner().boot().equals(services.boot());
  }

  /** Those present who are not shown. */
  List<Member> hidden() {
    return hiding() ? state.members().stream().filter(m -> !ours(m)).toList() : List.of();
  }

  /** Whether one that was hidden is shown by now. */
  boolean shown(Member hiddenBefore) {
    Member now = state.member(hiddenBefore.key());
    return now != null && ours(now);
  }

  private long earlierBootsDue() {
    return services.readySince() + services.settings().earlierBootGrace();
  }

  /** Members that an earlier run of the node answered for have until the grace is over. */
  void expectEarlierBoots() {
    earlierBoots =
        state.members().stream().anyMatch(m -> !m.owner().boot().equals(services.boot()));
    if (earlierBoots) {
      long wait = Math.max(0, earlierBootsDue() - services.timers().now());
      services.timers().after(wait, () -> handle.offer(open -> open.departures().ofEarlierBoots()));
    }
  }
}
