package io.holdfast.simulator;

import io.holdfast.channels.Timers;
import io.holdfast.journal.Journal;
import java.util.List;

/** What a node stores with: its own disk, or its link to servers that others use too. */
interface Engine {
  /**
   * Opens it for a run of the node.
   *
   * @param timers of that run
   */
  Journal open(Timers timers);

  /** The run is killed between two steps. */
  void crash();

  /** The run ends in good order. */
  void close();

  /** What the process has to do for it, which ends with a run. */
  List<TaskQueue> tasks();

  /** How many entries are stored. */
  long commits();

  /** Writes do not become durable for a while. */
  void holdFor(long ms);

  /** Until it is mended. */
  void hold();

  /** Nothing that takes room is taken until it is mended. */
  void full();

  /** Nobody is told what becomes of the next append. */
  void unknownAppend(boolean stored);

  void mend();
}
