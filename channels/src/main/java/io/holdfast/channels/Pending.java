package io.holdfast.channels;

import io.holdfast.fold.Origin;
import io.holdfast.fold.Publisher;
import io.holdfast.fold.Verdict;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a channel between admission and verdict, by who sent them: a resend finds its first
 * try here, and an append is judged against what else waits for its message. Bounded by the
 * connections, which stop reading at their own limit and at the channel's.
 */
final class Pending {
  private final Map<Publisher, Map<Long, Ticket>> byPublisher = new HashMap<>();
  private final Map<String, Ticket> byKey = new HashMap<>();
  private final Map<String, Integer> dataCosts = new HashMap<>();
  private final Set<Ticket> all = new LinkedHashSet<>();

  void add(Ticket ticket) {
    all.add(ticket);
    Origin origin = ticket.origin();
    if (origin.publisher() != null) {
      byPublisher
          .computeIfAbsent(origin.publisher(), p -> new HashMap<>())
          .put(origin.msgSerial(), ticket);
    }
    if (origin.idempotencyKey() != null) {
      byKey.put(origin.idempotencyKey(), ticket);
    }
    if (ticket.target() != null) {
      dataCosts.merge(ticket.target(), ticket.dataCost(), Integer::sum);
    }
  }

  void done(Ticket ticket, Verdict verdict) {
    all.remove(ticket);
    Origin origin = ticket.origin();
    if (origin.publisher() != null) {
      Map<Long, Ticket> tickets = byPublisher.get(origin.publisher());
      if (tickets != null && tickets.remove(origin.msgSerial(), ticket) && tickets.isEmpty()) {
        byPublisher.remove(origin.publisher());
      }
    }
    if (origin.idempotencyKey() != null) {
      byKey.remove(origin.idempotencyKey(), ticket);
    }
    if (ticket.target() != null) {
      dataCosts.computeIfPresent(
          ticket.target(),
          (serial, cost) -> cost == ticket.dataCost() ? null : cost - ticket.dataCost());
    }
    ticket.reply(verdict);
  }

  /** The same frame of the same publisher, sent before. */
  @Nullable Ticket resent(Origin origin) {
    Map<Long, Ticket> tickets =
        origin.publisher() == null ? null : byPublisher.get(origin.publisher());
    return tickets == null ? null : tickets.get(origin.msgSerial());
  }

  /** Whether a connection has said who is present and waits for the verdict. */
  boolean entering(String connectionId) {
    for (Map.Entry<Publisher, Map<Long, Ticket>> entry : byPublisher.entrySet()) {
      if (entry.getKey().connectionId().equals(connectionId)
          && entry.getValue().values().stream().anyMatch(Ticket::presence)) {
        return true;
      }
    }
    return false;
  }

  /** The newest publish with the same message ids. */
  @Nullable Ticket sameKey(Origin origin) {
    return origin.idempotencyKey() == null ? null : byKey.get(origin.idempotencyKey());
  }

  /** What the frames that wait add to a message's data. */
  int dataCost(String serial) {
    return dataCosts.getOrDefault(serial, 0);
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Nobody will ever know: those who wait must send again. */
  void giveUp() {
    List.copyOf(all).forEach(ticket -> ticket.reply(new Verdict.Unknown()));
  }
}
