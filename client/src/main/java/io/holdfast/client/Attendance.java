package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.PresenceAction;
import io.holdfast.protocol.PresenceMessage;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Presence of one channel: who is there, whom this client has entered, and what it wants to say
 * once the channel is attached. Owned by the loop.
 */
final class Attendance {
  private final Attachment channel;
  private final Roster roster = new Roster();

  /** Whom this client has entered, by client id (RTP17). Entered again where forgotten. */
  private final Map<String, Member> own = new LinkedHashMap<>();

  /** What waits for the channel to be attached; the outbox counts it. */
  private final Queue<Outbox.Pending> waiting = new ArrayDeque<>();

  private final Waiters awaitSync = new Waiters();
  private final Broadcast<Member> changes;
  private @Nullable String syncId;

  Attendance(Attachment channel, Broadcast.Means means) {
    this.channel = channel;
    this.changes = new Broadcast<>(means);
  }

  Broadcast<Member> changes() {
    return changes;
  }

  Roster roster() {
    return roster;
  }

  // --- saying ------------------------------------------------------------------------------------

  /** A frame of one presence message, with its number. */
  static Frame frame(String channel, PresenceMessage message, long serial) {
    return new Frame.Presence(channel, List.of(message), serial, null, null, null, 0);
  }

  void say(PresenceAction action, Outbox.Pending pending) {
    ErrorInfo refusal = channel.refusal();
    if (refusal != null) {
      pending.fail(refusal);
      return;
    }
    switch (channel.state()) {
      case ATTACHED -> {
        if (channel.online()) {
          channel.outbox().submit(pending);
        } else {
          waiting.add(pending);
        }
      }
      case ATTACHING -> waiting.add(pending);
      case INITIALIZED, DETACHED -> {
        if (action == PresenceAction.LEAVE) {
          pending.fail(Fault.DETACHED.info());
        } else {
          waiting.add(pending);
          channel.attach(new CompletableFuture<>());
        }
      }
      case DETACHING, SUSPENDED, FAILED ->
          pending.fail(Fault.DETACHED.info("it is " + channel.state()));
    }
  }

  // --- hearing -----------------------------------------------------------------------------------

  void heard(Frame.Presence frame) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < frame.presence().size(); i++) {
      String id = frame.id() == null ? null : frame.id() + ":" + i;
      members.add(
          channel
              .coding()
              .decode(frame.presence().get(i), id, frame.connectionId(), frame.timestamp()));
    }
    apply(members);
  }

  void listed(Frame.Sync frame) {
    String serial = frame.channelSerial();
    int colon = serial == null ? -1 : serial.indexOf(':');
    String sequence = serial == null || colon < 0 ? serial : serial.substring(0, colon);
    if (!roster.syncing() || (syncId != null && !syncId.equals(sequence))) {
      roster.startSync();
    }
    syncId = sequence;
    List<Member> members = new ArrayList<>();
    for (PresenceMessage message : frame.presence()) {
      members.add(channel.coding().decode(message, null, null, 0));
    }
    apply(members);
    boolean last = serial == null || colon < 0 || colon + 1 == serial.length();
    if (last) {
      syncId = null;
      left(roster.endSync());
      synced();
    }
  }

  private void apply(List<Member> members) {
    for (Member member : members) {
      boolean mine = member.connectionId().equals(channel.connectionId());
      switch (member.action()) {
        case LEAVE -> {
          if (mine && Roster.place(member) != null) {
            own.remove(member.clientId());
          }
          if (roster.remove(member)) {
            changes.emit(member);
          }
        }
        case ENTER, PRESENT, UPDATE -> {
          if (mine) {
            own.put(member.clientId(), member);
          }
          if (roster.put(member)) {
            changes.emit(member);
          }
        }
        case ABSENT -> {}
      }
    }
  }

  /** They are gone, and nobody has said so. */
  private void left(List<Member> gone) {
    Instant now = channel.now();
    for (Member member : gone) {
      changes.emit(
          new Member(
              PresenceAction.LEAVE,
              null,
              member.clientId(),
              member.connectionId(),
              member.data(),
              member.encoding(),
              member.extras(),
              now));
    }
  }

  private void synced() {
    awaitSync.complete();
  }

  void awaitSync(CompletableFuture<Void> done) {
    if (roster.syncing()) {
      awaitSync.add(done);
    } else {
      done.complete(null);
    }
  }

  // --- what becomes of the channel ---------------------------------------------------------------

  void attached(boolean hasPresence) {
    if (hasPresence) {
      roster.startSync();
      syncId = null;
    } else {
      left(roster.clear());
      synced();
    }
    for (Member member : List.copyOf(own.values())) {
      enterAgain(member);
    }
    for (Outbox.Pending next = waiting.poll(); next != null; next = waiting.poll()) {
      channel.outbox().submit(next);
    }
  }

  private void enterAgain(Member member) {
    boolean known = member.connectionId().equals(channel.connectionId());
    PresenceMessage message =
        channel
            .coding()
            .presence(
                PresenceAction.ENTER,
                known ? member.id() : null,
                member.clientId(),
                channel.coding().encode(member.data()));
    Outbox.Pending pending = channel.outbox().own(serial -> frame(channel.name(), message, serial));
    CompletableFuture<?> unused =
        pending
            .verdict()
            .whenComplete(
                (result, error) -> {
                  if (error != null) {
                    String why = String.valueOf(Waiting.failure(error).getMessage());
                    channel.update(Fault.NOT_REENTERED.info(member.clientId() + ", " + why));
                  }
                });
    channel.outbox().submit(pending);
  }

  /** Members are forgotten where they have left; of a suspended channel they are kept. */
  void detached(ErrorInfo error, boolean forget) {
    if (forget) {
      own.clear();
      roster.clear();
    }
    for (Outbox.Pending next = waiting.poll(); next != null; next = waiting.poll()) {
      next.fail(error);
    }
    awaitSync.fail(error);
  }
}
