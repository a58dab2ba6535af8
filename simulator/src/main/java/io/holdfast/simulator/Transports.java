package io.holdfast.simulator;

import io.holdfast.fold.Owner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the node was told and has promised on its sockets, in the order it happened: by this a
 * departure that it makes is judged.
 */
final class Transports {
  private final Map<Owner, Opened> opened = new HashMap<>();
  private final Map<FrameKey, Long> heard = new HashMap<>();
  private final Map<Place, List<Attachment>> attachments = new HashMap<>();
  private final Map<Place, Long> detached = new HashMap<>();
  private final Map<String, Long> closed = new HashMap<>();
  private final Map<String, Long> bootedAt = new HashMap<>();
  private long order;

  /** A connection's end of a channel. */
  private record Place(String connectionId, String channel) {}

  /** One transport of a connection; lost once the node has let go of it. */
  static final class Opened {
    private final int grace;
    private long lostAt = -1;

    Opened(int grace) {
      this.grace = grace;
    }

    boolean lost() {
      return lostAt >= 0;
    }

    /** When its members are to be gone. */
    long due() {
      return lostAt + grace;
    }
  }

  /** A client that was told it goes on where it was. */
  record Attachment(Owner owner, long at, long order) {}

  void booted(String name, long now) {
    bootedAt.put(name, now);
  }

  long bootedAt(String run) {
    return bootedAt.getOrDefault(run, Long.MAX_VALUE);
  }

  void opened(Owner owner, int grace) {
    opened.putIfAbsent(owner, new Opened(grace));
  }

  Opened transport(Owner owner) {
    Opened transport = opened.get(owner);
    if (transport == null) {
      throw new Broken(PresenceTrue.NAME, owner + " never was a transport");
    }
    return transport;
  }

  void lost(Owner owner, long now) {
    Opened transport = transport(owner);
    if (!transport.lost()) {
      transport.lostAt = now;
    }
  }

  /** The node takes a frame; when it comes again it is the first time that counts. */
  void heard(FrameKey frame) {
    heard.putIfAbsent(frame, ++order);
  }

  void detached(String connectionId, String channel) {
    detached.put(new Place(connectionId, channel), ++order);
  }

  void closed(String connectionId) {
    closed.put(connectionId, ++order);
  }

  void resumed(String connectionId, String channel, Owner owner, long now) {
    attachments
        .computeIfAbsent(new Place(connectionId, channel), p -> new ArrayList<>())
        .add(new Attachment(owner, now, ++order));
  }

  /** Whether the client itself has left, by DETACH or CLOSE, after it has sent a frame. */
  boolean released(String connectionId, String channel, FrameKey since) {
    long from = heard.getOrDefault(since, 0L);
    return detached.getOrDefault(new Place(connectionId, channel), 0L) > from
        || closed.getOrDefault(connectionId, 0L) > from;
  }

  /** Where a run of the node has told a connection that it goes on. */
  List<Attachment> resumed(String connectionId, String channel, String run) {
    return attachments.getOrDefault(new Place(connectionId, channel), List.of()).stream()
        .filter(attachment -> attachment.owner().boot().equals(run))
        .toList();
  }

  /** Whether a DETACH came behind an attachment. */
  boolean ended(String connectionId, String channel, Attachment attachment) {
    return detached.getOrDefault(new Place(connectionId, channel), 0L) > attachment.order();
  }
}
