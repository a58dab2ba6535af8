package io.holdfast.channels;

import io.holdfast.fold.Member;
import io.holdfast.fold.Owner;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's leave without a frame of its own, by DETACH or CLOSE, on the way to the log. Who
 * leaves is settled once: whoever enters behind it stays, however late it is stored.
 */
final class Leaving implements Consumer<OpenChannel> {
  private final String connectionId;
  private final Owner owner;
  private final Runnable gone;

  /** Those who leave, by key, and what they had said last; null until that is settled. */
  private @Nullable Map<String, String> who;

  /**
   * A leave.
   *
   * @param owner the transport it came on; members of a later one stay
   * @param gone runs once they are out
   */
  Leaving(String connectionId, Owner owner, Runnable gone) {
    this.connectionId = connectionId;
    this.owner = owner;
    this.gone = gone;
  }

  @Override
  public void accept(OpenChannel open) {
    open.departures().ofClient(this);
  }

  Runnable gone() {
    return gone;
  }

  /** A member has entered behind this leave, if it is settled who leaves: it stays. */
  void entered(Member member) {
    Map<String, String> settled = who;
    if (settled != null) {
      settled.remove(member.key());
    }
  }

  /** Those among the members who are still to leave. */
  List<Member> left(Collection<Member> members) {
    Map<String, String> leaving = who;
    if (leaving == null) {
      leaving = settle(members);
      who = leaving;
    }
    Map<String, String> settled = leaving;
    return members.stream()
        .filter(member -> said(member).equals(settled.get(member.key())))
        .toList();
  }

  private Map<String, String> settle(Collection<Member> members) {
    Map<String, String> settled = new HashMap<>();
    for (Member member : members) {
      if (connectionId.equals(member.message().connectionId()) && !owner.precedes(member.owner())) {
        settled.put(member.key(), said(member));
      }
    }
    return settled;
  }

  private static String said(Member member) {
    return String.valueOf(member.message().id());
  }
}
