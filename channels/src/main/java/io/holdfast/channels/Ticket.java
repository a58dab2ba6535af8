package io.holdfast.channels;

import io.holdfast.fold.Origin;
import io.holdfast.fold.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A frame that waits to be committed, and whoever wants to know. Of the channel's lane. */
final class Ticket {
  private final Origin origin;
  private final int bytes;
  private final int dataCost;
  private final @Nullable String target;
  private List<Consumer<Verdict>> replies;

  Ticket(Origin origin, int bytes, int dataCost, @Nullable String target, Consumer<Verdict> reply) {
    this.origin = origin;
    this.bytes = bytes;
    this.dataCost = dataCost;
    this.target = target;
    this.replies = List.of(reply);
  }

  Origin origin() {
    return origin;
  }

  int bytes() {
    return bytes;
  }

  /** What it adds to the data of {@link #target}. */
  int dataCost() {
    return dataCost;
  }

  @Nullable String target() {
    return target;
  }

  /** The same frame sent again, or the same message ids from somebody else: all are answered. */
  void addReply(Consumer<Verdict> reply) {
    replies = new ArrayList<>(replies);
    replies.add(reply);
  }

  void reply(Verdict verdict) {
    replies.forEach(reply -> reply.accept(verdict));
  }
}
