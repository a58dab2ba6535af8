package io.holdfast.sessions;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What a session has from outside.
 *
 * @param executor runs application code: listeners and hooks
 * @param timers runs something later
 * @param random where ids come from
 */
record Surroundings(Executor executor, Timers timers, RandomGenerator random) {
  /** Runs something later, on any thread. */
  interface Timers {
    /** Closing what is returned takes the task back, if it has not run. */
    Running schedule(Duration delay, Runnable task);
  }

  /** A task that has not run yet. */
  interface Running extends AutoCloseable {
    @Override
    void close();
  }
}
