package io.holdfast.simulator;

import io.holdfast.fold.Owner;

/**
 * When the server may take a member out: its client has detached or closed; or the transport that
 * answered for it was really lost, its grace is over, and nobody had come back for it by then. Of
 * another node, if that was not heard for its lease and a grace.
 */
final class Departures {
  private final Transports transports;
  private final VirtualTime time;
  private final Patience patience;

  /** Until when a run has to wait with members of another one, ms. */
  interface Patience {
    long until(String owner, String run);
  }

  Departures(Transports transports, VirtualTime time, Patience patience) {
    this.transports = transports;
    this.time = time;
    this.patience = patience;
  }

  /**
   * A departure stands in the log and takes effect.
   *
   * @param id names it, and the run of the node that has decided it
   */
  void judge(String channel, String memberKey, TrueMember member, String id) {
    String run = id.substring(id.indexOf('-') + 1, id.indexOf(':'));
    String connectionId = member.frame().connectionId();
    if (transports.released(connectionId, channel, member.frame())) {
      return;
    }
    String who = memberKey + " of " + channel;
    long due = due(member.owner(), run, who);
    for (Transports.Attachment back : transports.resumed(connectionId, channel, run)) {
      if (back.at() < due
          && !back.owner().equals(member.owner())
          && !transports.ended(connectionId, channel, back)) {
        due = Math.max(due, due(back.owner(), run, who + ", which came back in time,"));
      }
    }
    if (time.now() < due) {
      throw new Broken(
          PresenceTrue.NAME, who + " is taken out " + (due - time.now()) + " ms too early");
    }
  }

  private long due(Owner owner, String run, String who) {
    if (!owner.boot().equals(run)) {
      return patience.until(owner.boot(), run);
    }
    Transports.Opened transport = transports.transport(owner);
    if (!transport.lost()) {
      throw new Broken(PresenceTrue.NAME, who + " is taken out while its transport lives");
    }
    return transport.due();
  }
}
