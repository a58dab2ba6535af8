package io.holdfast.channels;

import io.holdfast.fold.Part;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What waits in a channel's outbox. */
sealed interface Queued {
  /**
   * A part to be committed.
   *
   * @param tickets its client frames, in order; empty for the server's own parts
   */
  record ToCommit(Part part, List<Ticket> tickets, @Nullable Consumer<OpenChannel> again)
      implements Queued {
    ToCommit(Part part, List<Ticket> tickets) {
      this(part, tickets, null);
    }

    int bytes() {
      int bytes = 64;
      for (Ticket ticket : tickets) {
        bytes += ticket.bytes();
      }
      return bytes;
    }
  }

  /** Something to be done once everything before it is committed and applied. */
  record InPlace(Runnable task, @Nullable Consumer<OpenChannel> again) implements Queued {}

  /** Says once more what the server itself had to say, as nobody else would; null for the rest. */
  @Nullable Consumer<OpenChannel> again();
}
