package io.holdfast.simulator;

import io.holdfast.connections.ConnectRequest;
import io.holdfast.journal.Journal;
import io.holdfast.protocol.SharedFrame;
import java.util.List;
import java.util.Set;

/** A bug to be put into the node from outside, to see that it is caught. None by itself. */
interface Plant {
  Plant NONE = new Plant() {};

  Set<String> SPARED = Set.of(System.getProperty("spare", "").split(","));

  /**
   * The journal a run of the node is given instead of the real one.
   *
   * @param commits how many entries are stored
   */
  default Journal journal(Journal real, long commits) {
    return real;
  }

  /** What the node is told of a client that connects. */
  default ConnectRequest request(ConnectRequest real) {
    return real;
  }

  /** Whether the node takes one life of a connection for another. */
  default boolean mistakesLives() {
    return false;
  }

  /**
   * Whether the world does without something for once, to look behind what is known: {@code
   * -Dspare=} and names of happenings. What never happens is missed at the end.
   */
  default boolean spares(Happening happening) {
    return SPARED.contains(happening.name());
  }

  /** Whether a socket says that it has room. */
  default boolean writable(boolean real) {
    return real;
  }

  /** What leaves on a wire instead of a frame. */
  default List<SharedFrame> out(Wire wire, SharedFrame frame) {
    return List.of(frame);
  }

  /** What an event stream makes events of instead of a frame. */
  default List<SharedFrame> out(EventStream stream, SharedFrame frame) {
    return List.of(frame);
  }

  /** Whether the answer to a question that comes again is forgotten. */
  default boolean forgetsAnswers() {
    return false;
  }
}
