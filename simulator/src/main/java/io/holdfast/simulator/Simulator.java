package io.holdfast.simulator;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Runs histories and remembers what they were. */
final class Simulator {
  private final Counts counts = new Counts();
  private final Plant plant;
  private final int nodes;

  /** Histories of one node. */
  Simulator(Plant plant) {
    this(plant, 1);
  }

  /** Histories of so many nodes: each is told by their number and its seed. */
  Simulator(Plant plant, int nodes) {
    this.plant = plant;
    this.nodes = nodes;
    // crashes of channels are meant here; what they do to clients is what is looked at
    if (LoggerFactory.getLogger("io.holdfast") instanceof Logger logger) {
      logger.setLevel(Level.OFF);
    }
  }

  Counts counts() {
    return counts;
  }

  /** Runs one history; a broken invariant names its seed. */
  History run(long seed) {
    return run(seed, false);
  }

  /** Runs one history and prints every step of it. */
  History run(long seed, boolean tracing) {
    History history = new History(seed, nodes, plant, tracing);
    try {
      history.run();
    } catch (Broken broken) {
      throw new AssertionError(broken.getMessage() + "\n  seed " + seed + again(seed), broken);
    } catch (RuntimeException failure) {
      throw new AssertionError("seed " + seed + " failed" + again(seed), failure);
    }
    counts.addAll(history.counts());
    return history;
  }

  private String again(long seed) {
    return "; run again with -Dseed=" + seed + (nodes == 1 ? "" : " -Dnodes=" + nodes);
  }
}
