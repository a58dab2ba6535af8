package io.holdfast.channels;

import io.holdfast.fold.Part;
import java.util.List;

/**
 * A part ready to be committed.
 *
 * @param tickets its client frames, in order; empty for the server's own parts
 * @param ephemeral not to be committed but to be delivered in its place
 */
record Queued(Part part, List<Ticket> tickets, boolean ephemeral) {
  int bytes() {
    int bytes = 64;
    for (Ticket ticket : tickets) {
      bytes += ticket.bytes();
    }
    return bytes;
  }
}
