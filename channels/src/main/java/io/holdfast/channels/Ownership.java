package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Member;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who answers for the members of a channel: moves them with their connections, and ends those whom
 * nobody answers for any more. What the server has to say it says until it is in the log. Of the
 * channel's lane.
 */
final class Ownership {
  private static final int RETRY = 1_000;

  private final Channel handle;
  private final Services services;
  private final ChannelState state;
  private final Outbox outbox;
  private boolean earlierBoots;
  private long departures;

  /** What the server itself had to say and will say again. */
  private final List<Consumer<OpenChannel>> unsaid = new ArrayList<>(0);

  Ownership(Channel handle, Services services, ChannelState state, Outbox outbox) {
    this.handle = handle;
    this.services = services;
    this.state = state;
    this.outbox = outbox;
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
      services
          .timers()
          .after(wait, () -> handle.offer(open -> open.ownership().departEarlierBoots()));
    }
  }

  /** Members of a connection leave, if {@code owner} (null: whoever) still answers for them. */
  void depart(String connectionId, @Nullable Owner owner) {
    if (outbox.isEmpty()) {
      departNow(connectionId, owner);
    } else {
      // an ENTER may be on its way
      departInPlace(connectionId, owner);
    }
  }

  private void departInPlace(String connectionId, @Nullable Owner owner) {
    outbox.add(
        new Queued.InPlace(
            () -> departNow(connectionId, owner),
            open -> open.ownership().depart(connectionId, owner)));
  }

  /** Puts a departure off while ownership may be about to move; tells whether it did. */
  private boolean waitsForMoves(Runnable now, Consumer<OpenChannel> again) {
    if (unsaid.stream().anyMatch(Moving.class::isInstance)) {
      sayLater(again);
      return true;
    }
    if (outbox.unsaid().stream().anyMatch(Moving.class::isInstance)) {
      // behind this
      outbox.add(new Queued.InPlace(now, again));
      return true;
    }
    return false;
  }

  private void departNow(String connectionId, @Nullable Owner owner) {
    if (waitsForMoves(
        () -> departNow(connectionId, owner),
        open -> open.ownership().depart(connectionId, owner))) {
      return;
    }
    for (Member member : List.copyOf(state.members())) {
      if (connectionId.equals(member.message().connectionId())
          && (owner == null || owner.equals(member.owner()))) {
        depart(member, open -> open.ownership().depart(connectionId, owner));
      }
    }
  }

  private void departEarlierBoots() {
    Consumer<OpenChannel> again = open -> open.ownership().departEarlierBoots();
    if (waitsForMoves(this::departEarlierBoots, again)) {
      return;
    }
    for (Member member : List.copyOf(state.members())) {
      if (!member.owner().boot().equals(services.boot())) {
        depart(member, again);
      }
    }
  }

  private void depart(Member member, Consumer<OpenChannel> again) {
    String id = "departed-" + services.boot() + ":" + departures++ + ":0";
    outbox.add(new Part.Depart(member.key(), member.ownedAt(), id), again);
  }

  /** Members move to the transport their connection has now. */
  void move(Part own) {
    outbox.add(own, new Moving(own));
  }

  private record Moving(Part own) implements Consumer<OpenChannel> {
    @Override
    public void accept(OpenChannel open) {
      open.ownership().move(own);
    }
  }

  /** Says again after a while what the engine did not take. */
  void sayLater(Consumer<OpenChannel> again) {
    unsaid.add(again);
    services
        .timers()
        .after(
            RETRY,
            () ->
                handle.offer(
                    open -> {
                      if (open.ownership().unsaid.remove(again)) {
                        again.accept(open);
                      }
                    }));
  }

  /** Whether nothing is left to be said. */
  boolean saidAll() {
    return unsaid.isEmpty();
  }

  /** The channel opens anew: what is not in the log yet is said there, departures after moves. */
  void sayAllAnew() {
    unsaid.addAll(outbox.unsaid());
    unsaid.stream().filter(Moving.class::isInstance).forEach(handle::offer);
    unsaid.stream().filter(again -> !(again instanceof Moving)).forEach(handle::offer);
  }
}
