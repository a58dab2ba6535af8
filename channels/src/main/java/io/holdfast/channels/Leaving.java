package io.holdfast.channels;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.Member;
import io.holdfast.fold.Owner;
import io.holdfast.fold.Part;
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

  /** How far the log was folded when that was settled; null before. */
  private @Nullable Cursor settledAt;

  private boolean moved;
  private boolean told;

  /**
   * A leave.
   *
   * @param owner the transport it came on; members of a later one stay
   * @param gone runs when they are out, and not again
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

  /** Has them answered for where the leave came; null when that was asked for before. */
  @Nullable Part own() {
    if (moved) {
      return null;
    }
    moved = true;
    return new Part.Own(connectionId, owner);
  }

  /** They are out. One that was refused in part looks more than once, and is told so once. */
  void done() {
    if (!told) {
      told = true;
      gone.run();
    }
  }

  /**
   * A member has entered, and stays if that is behind this leave: if it is settled who leaves, and
   * it is no entry of before, as the channel's next life folds some of these again.
   */
  void entered(Member member, Cursor at) {
    Map<String, String> settled = who;
    if (settled != null && settledAt != null && at.compareTo(settledAt) > 0) {
      settled.remove(member.key());
    }
  }

  /**
   * Those among the members who are still to leave.
   *
   * @param end how far the log is folded
   */
  List<Member> left(Collection<Member> members, Cursor end) {
    Map<String, String> leaving = who;
    if (leaving == null) {
      leaving = settle(members);
      who = leaving;
      settledAt = end;
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
