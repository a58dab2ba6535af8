package io.holdfast.simulator;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Runs histories and remembers what they were. */
final class Simulator {
  private final Counts counts = new Counts();
  private final Plant plant;

  Simulator(Plant plant) {
    this.plant = plant;
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
    History history = new History(seed, plant, tracing);
    try {
      history.run();
    } catch (Broken broken) {
      throw new AssertionError(
          broken.getMessage() + "\n  seed " + seed + "; run again with -Dseed=" + seed, broken);
    } catch (RuntimeException failure) {
      throw new AssertionError("seed " + seed + " failed; run again with -Dseed=" + seed, failure);
    }
    counts.addAll(history.counts());
    return history;
  }
}
