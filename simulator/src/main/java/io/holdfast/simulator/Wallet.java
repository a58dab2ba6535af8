package io.holdfast.simulator;

import io.holdfast.connections.Permission;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A client's credentials, as far as it knows what became of them. */
final class Wallet {
  private final Issuer issuer;
  private final Counts counts;

  /** Shown and not answered yet, in order. */
  private final Deque<SimAccess> shown = new ArrayDeque<>();

  private SimAccess access;
  private SimAccess confirmed;
  private boolean stale;

  Wallet(Issuer issuer, Counts counts, SimAccess first) {
    this.issuer = issuer;
    this.counts = counts;
    this.access = first;
    this.confirmed = first;
  }

  /** Those it was given last. */
  SimAccess access() {
    return access;
  }

  /** To connect with: others than before if those are known to be good for nothing. */
  SimAccess forConnecting() {
    access = stale ? issuer.next(access) : access;
    stale = false;
    shown.clear();
    shown.add(access);
    return access;
  }

  /** Others, to be shown on the connection that there is. */
  Frame.Auth another() {
    access = issuer.next(access);
    shown.add(access);
    return new Frame.Auth(access.token());
  }

  /** A CONNECTED has come. */
  void confirmed() {
    SimAccess next = shown.poll();
    if (next == null) {
      throw new Broken(RightsTrue.NAME, access.token() + " is confirmed and was not shown");
    }
    confirmed = next;
  }

  /** What it has is good for nothing. */
  void ended() {
    counts.add(Happening.CREDENTIALS_ENDED);
    stale = true;
  }

  /** The node lets it go from a channel, and its members if they may not be there. */
  void detached(ClientChannel channel, boolean entering) {
    counts.add(Happening.DETACHED_UNASKED);
    if (!confirmed.permits(Permission.PRESENCE, channel.name())) {
      channel.own().detached(entering);
    }
  }

  /** A frame is refused for want of a right. */
  void denied(Operation operation, OwnPresence own) {
    counts.add(Happening.DENIED_FRAME);
    if (operation.kind() == Operation.Kind.PRESENCE) {
      // one that was taken before its answer was lost is refused when it comes again
      own.unheard(operation.sends() > 1);
    }
  }

  /**
   * An error has come, of a channel it may not be on or of credentials that are good for nothing.
   *
   * @param entering whether a presence frame of the channel is unanswered
   * @return whether it is the connection that is refused
   */
  boolean refused(Frame.ProtocolError frame, @Nullable ClientChannel channel, boolean entering) {
    ErrorCode code = ErrorCode.of(frame.error().code());
    if (channel == null && (code == ErrorCode.TOKEN_EXPIRED || code == ErrorCode.TOKEN_REVOKED)) {
      counts.add(Happening.CREDENTIALS_REFUSED);
      stale = true;
      return true;
    }
    if (channel == null || code != ErrorCode.CAPABILITY_DENIED) {
      throw new Broken("no errors", access.token() + " did nothing wrong and got " + frame);
    }
    long wanted = channel.look().asks() == 0 ? Flags.DEFAULT_MODES : channel.look().asks();
    if ((confirmed.modes(channel.name()) & wanted) != 0) {
      throw new Broken(RightsTrue.NAME, confirmed + " may attach and got " + frame);
    }
    if (channel.state() != ClientChannel.State.DETACHED) {
      counts.add(Happening.DENIED_CHANNEL);
      channel.own().detached(entering);
      channel.forget();
    }
    return false;
  }
}
