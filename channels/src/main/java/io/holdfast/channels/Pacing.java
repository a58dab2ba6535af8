package io.holdfast.channels;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;

/**
 * Gives an attachment more than may wait for it: so much, and the rest when that has left. Of the
 * attachment's executor.
 */
final class Pacing {
  private final Attachment attachment;
  private final Queue<Piece> left;
  private final long atOnce;
  private final Runnable then;

  /**
   * One delivery.
   *
   * @param bytes roughly what it may take while it waits
   */
  record Piece(Runnable delivery, long bytes) {}

  private Pacing(Attachment attachment, Collection<Piece> pieces, Runnable then) {
    this.attachment = attachment;
    this.left = new ArrayDeque<>(pieces);
    this.atOnce = attachment.maxBacklog() / 2;
    this.then = then;
  }

  /** Begins; {@code then} runs when the last has left. */
  static void deliver(Attachment attachment, Collection<Piece> pieces, Runnable then) {
    new Pacing(attachment, pieces, then).next();
  }

  /** Events, in pieces. */
  static void events(Attachment attachment, Collection<Outgoing> events, Runnable then) {
    List<Piece> pieces = new ArrayList<>(events.size());
    for (Outgoing event : events) {
      pieces.add(new Piece(() -> attachment.deliver(event), event.weight()));
    }
    deliver(attachment, pieces, then);
  }

  private void next() {
    long bytes = 0;
    while (!left.isEmpty()) {
      bytes += left.element().bytes();
      if (bytes > atOnce && bytes > left.element().bytes()) {
        break;
      }
      left.remove().delivery().run();
    }
    attachment.subscriber().flush();
    attachment.whenDrained(left.isEmpty() ? then : this::next);
  }
}
