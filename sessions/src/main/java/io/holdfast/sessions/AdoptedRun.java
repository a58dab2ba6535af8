package io.holdfast.sessions;

import java.time.Duration;

/**
 * A run that another process has started and this one goes on with.
 *
 * @param <O> what the agent puts out
 * @param <M> the codec's form of a message
 */
public final class AdoptedRun<O, M> extends AgentRun<O, M> {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  AdoptedRun(RunState<O, M> state) {
    super(state);
  }

  /** Loads it within 30 seconds; see {@link #load(Duration)}. */
  public void load() throws InterruptedException {
    load(DEADLINE);
  }

  /**
   * Looks for the run's start and its input, live and back in history; blocks and publishes
   * nothing.
   *
   * @param deadline how long to look
   * @throws SessionException with code 104010 when they were not found in time, 40003 when the run
   *     is suspended or has ended, 40033 when it was cancelled. The run is then done with
   */
  public void load(Duration deadline) throws InterruptedException {
    state().load(deadline);
  }
}
