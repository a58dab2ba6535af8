package io.holdfast.simulator;

import io.holdfast.connections.Permission;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.PresenceMessage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * On every socket, in the order in which the node takes and sends frames: nobody is told what its
 * credentials of then do not allow it to hear, and every ATTACH is answered once, unless another or
 * a DETACH comes before its answer.
 */
final class RightsTrue {
  static final String NAME = "rights are true";
  static final String ANSWERED = "an attach is answered once";

  private final String who;
  private final Map<String, Asked> asked = new HashMap<>();
  private @Nullable SimAccess holds;
  private @Nullable SimAccess shown;

  /** What was asked about a channel on this socket. */
  private static final class Asked {
    private int attaches;
    private int answers;
    private int detaches;
    private boolean open;
  }

  RightsTrue(String who) {
    this.who = who;
  }

  void opened(SimAccess access) {
    holds = access;
  }

  /** The credentials that the node goes by. */
  @Nullable SimAccess holds() {
    return holds;
  }

  private Asked asked(String channel) {
    return asked.computeIfAbsent(channel, c -> new Asked());
  }

  /** The node is about to take a frame. */
  void heard(Frame frame, Issuer issuer) {
    if (frame instanceof Frame.Auth auth) {
      shown = issuer.known(String.valueOf(auth.accessToken()));
    } else if (frame instanceof Frame.Attach attach) {
      asked(attach.channel()).attaches++;
      asked(attach.channel()).open = true;
    } else if (frame instanceof Frame.Detach detach) {
      asked(detach.channel()).detaches++;
      asked(detach.channel()).open = false;
    }
  }

  /** Whether an ATTACH waits for its answer while the client shows other credentials. */
  boolean attaching() {
    return asked.values().stream().anyMatch(a -> a.open);
  }

  /** The node sends a frame. */
  void told(Frame frame, @Nullable String connectionId) {
    SimAccess by = holds;
    if (frame instanceof Frame.Connected && shown != null) {
      holds = shown;
      shown = null;
    }
    if (by == null) {
      return;
    }
    if (frame instanceof Frame.Messages messages) {
      must(by.permits(Permission.SUBSCRIBE, messages.channel()), frame);
    } else if (frame instanceof Frame.Sync sync) {
      // who waits for members it may not hear of any more is told that there are none
      must(sync.presence().isEmpty() || by.permits(Permission.SUBSCRIBE, sync.channel()), frame);
    } else if (frame instanceof Frame.Objects objects) {
      must(by.permits(Permission.OBJECT_SUBSCRIBE, objects.channel()), frame);
    } else if (frame instanceof Frame.ObjectSync sync) {
      must(by.permits(Permission.OBJECT_SUBSCRIBE, sync.channel()), frame);
    } else if (frame instanceof Frame.Presence presence) {
      boolean own = presence.presence().stream().anyMatch(member -> own(member, connectionId));
      must(own || by.permits(Permission.SUBSCRIBE, presence.channel()), frame);
    } else if (frame instanceof Frame.Attached attached) {
      long given = attached.flags() & Flags.MODES;
      must((given & ~by.modes(attached.channel())) == 0, frame);
      answered(attached);
    } else if (frame instanceof Frame.ProtocolError error && error.channel() != null) {
      asked(error.channel()).open = false;
    } else if (frame instanceof Frame.Detached detached) {
      detached(detached);
    }
  }

  private static boolean own(PresenceMessage member, @Nullable String connectionId) {
    return connectionId != null && connectionId.equals(member.connectionId());
  }

  private void must(boolean may, Frame frame) {
    if (!may) {
      throw new Broken(NAME, who + " may not hear " + frame + " with " + holds);
    }
  }

  private void answered(Frame.Attached frame) {
    Asked about = asked(frame.channel());
    about.open = false;
    if (++about.answers > about.attaches) {
      throw new Broken(ANSWERED, who + " is told " + frame + " once more than it asked");
    }
  }

  private void detached(Frame.Detached frame) {
    Asked about = asked(frame.channel());
    if (about.detaches > 0) {
      about.detaches--;
    } else if (about.open) {
      throw new Broken(ANSWERED, who + " is told " + frame + " and waits for its ATTACHED");
    }
  }

  /** Whether an ATTACH is answered with an error, before which the client's members are let go. */
  boolean refuses(Frame.Attach frame) {
    SimAccess by = holds;
    long asked = frame.flags() & Flags.MODES;
    long wanted = asked == 0 ? Flags.DEFAULT_MODES : asked;
    return by != null && (by.modes(frame.channel()) & wanted) == 0;
  }

  /** A channel's end on which the client's members are let go without its having said so. */
  boolean membersLeave(String channel) {
    SimAccess by = holds;
    return by != null && !by.permits(Permission.PRESENCE, channel);
  }
}
