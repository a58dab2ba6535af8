package io.holdfast.channels;

import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
import io.holdfast.fold.Verdict;
import java.util.function.Consumer;

/**
 * A client frame on its way into a channel.
 *
 * @param part what it asks for; an append has one piece
 * @param bytes roughly its size, for bounds
 * @param window how long an append may wait for others, ms; 0 for not at all
 * @param ephemeral delivered and never stored; for publishes only
 * @param toll what it costs unless it was taken before
 * @param unsure whether the same frame may be on its way on another node, where its client was:
 *     what is refused here for a reason of the moment may be stored there
 * @param reply told the verdict once, on the channel's lane
 */
public record Submission(
    Part part,
    int bytes,
    int window,
    boolean ephemeral,
    Toll toll,
    boolean unsure,
    Consumer<Verdict> reply) {

  /** One that has come to this node alone. */
  public Submission(
      Part part, int bytes, int window, boolean ephemeral, Toll toll, Consumer<Verdict> reply) {
    this(part, bytes, window, ephemeral, toll, false, reply);
  }

  /** One that costs nothing. */
  public Submission(Part part, int bytes, int window, boolean ephemeral, Consumer<Verdict> reply) {
    this(part, bytes, window, ephemeral, Toll.FREE, reply);
  }

  Origin origin() {
    return origin(part);
  }

  Submission answeredBy(Consumer<Verdict> other) {
    return new Submission(part, bytes, window, ephemeral, toll, unsure, other);
  }

  static Origin origin(Part part) {
    return switch (part) {
      case Part.Publish publish -> publish.origin();
      case Part.Mutate mutate -> mutate.origin();
      case Part.Append append -> append.pieces().getFirst().origin();
      case Part.Annotate annotate -> annotate.origin();
      case Part.Operate operate -> operate.origin();
      case Part.Collect collect -> Origin.NONE;
      case Part.Expire expire -> Origin.NONE;
      case Part.Presence presence -> presence.origin();
      case Part.Own own -> Origin.NONE;
      case Part.Depart depart -> Origin.NONE;
    };
  }
}
