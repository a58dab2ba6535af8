package io.holdfast.channels;

import io.holdfast.fold.Part;
import java.util.List;

/** What waits in a channel's outbox. */
sealed interface Queued {
  /**
   * A part to be committed.
   *
   * @param tickets its client frames, in order; empty for the server's own parts
   */
  record ToCommit(Part part, List<Ticket> tickets) implements Queued {
    int bytes() {
      int bytes = 64;
      for (Ticket ticket : tickets) {
        bytes += ticket.bytes();
      }
      return bytes;
    }
  }

  /** Something to be done once everything before it is committed and applied. */
  record InPlace(Runnable task) implements Queued {}
}
