package io.holdfast.fold;

import io.holdfast.objects.Sorted;

/**
 * Who has made annotations of one name. Immutable.
 *
 * @param clients how many of each client
 * @param unidentified how many of clients without a name
 * @param total all together
 * @param listed what the clients take in a summary, bytes
 */
record Votes(Sorted<Long> clients, long unidentified, long total, int listed) {
  static final Votes NONE = new Votes(Sorted.empty(), 0, 0, 0);

  /** Quotes, a colon, a comma and a number. */
  private static final int ENTRY = 24;

  boolean isEmpty() {
    return total == 0;
  }

  static int cost(String client) {
    return ENTRY + JsonCost.of(client);
  }

  Votes plus(String client, long count) {
    Long before = clients.get(client);
    return new Votes(
        clients.put(client, before == null ? count : before + count),
        unidentified,
        total + count,
        listed + (before == null ? cost(client) : 0));
  }

  Votes plusUnidentified(long count) {
    return new Votes(clients, unidentified + count, total + count, listed);
  }

  Votes without(String client) {
    Long count = clients.get(client);
    return count == null
        ? this
        : new Votes(clients.remove(client), unidentified, total - count, listed - cost(client));
  }
}
