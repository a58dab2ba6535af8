package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
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
  private final boolean presence;
  private List<Consumer<Verdict>> replies;
  private boolean unsure;

  /**
   * A frame that waits.
   *
   * @param dataCost what it adds to the data of the message it changes, if it does
   */
  Ticket(Part part, Origin origin, int bytes, int dataCost, Consumer<Verdict> reply) {
    this.origin = origin;
    this.bytes = bytes;
    this.dataCost = dataCost;
    this.target = ChannelState.target(part);
    this.presence = part instanceof Part.Presence;
    this.replies = List.of(reply);
  }

  Origin origin() {
    return origin;
  }

  int bytes() {
    return bytes;
  }

  /** Whether it says who is present. */
  boolean presence() {
    return presence;
  }

  /** What it adds to the data of {@link #target}. */
  int dataCost() {
    return dataCost;
  }

  @Nullable String target() {
    return target;
  }

  /**
   * The same frame again: all are answered, also on a transport that is gone, since what waits for
   * a verdict is counted until it has one.
   *
   * @param elsewhereToo whether it may be on its way on another node
   */
  void addReply(Consumer<Verdict> reply, boolean elsewhereToo) {
    unsure |= elsewhereToo;
    replies = new ArrayList<>(replies);
    replies.add(reply);
  }

  /** It may be on its way on another node. */
  void beUnsure() {
    unsure = true;
  }

  /** What is answered when the engine has not taken it here. */
  Verdict untaken(Verdict.Refused here) {
    return unsure ? new Verdict.Unknown() : here;
  }

  void reply(Verdict verdict) {
    replies.forEach(reply -> reply.accept(verdict));
  }
}
