package io.holdfast.channels;

import io.holdfast.fold.Part;
import java.util.List;

/**
 * A part ready to be committed.
 *
 * @param tickets its client frames, in order; empty for the server's own parts
 * @param ephemeralUntil 0 for a part to be committed; else it is only delivered, in its place, and
 *     dropped if that is later than this, ms
 */
record Queued(Part part, List<Ticket> tickets, long ephemeralUntil) {
  Queued(Part part, List<Ticket> tickets) {
    this(part, tickets, 0);
  }

  boolean ephemeral() {
    return ephemeralUntil > 0;
  }

  int bytes() {
    int bytes = 64;
    for (Ticket ticket : tickets) {
      bytes += ticket.bytes();
    }
    return bytes;
  }
}
