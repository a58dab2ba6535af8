package io.holdfast.sessions;

import java.time.Duration;

/**
 * A run that this agent starts, or goes on with where the input belongs to a suspended one.
 *
 * @param <O> what the agent puts out
 * @param <M> the codec's form of a message
 */
public final class OpenableRun<O, M> extends AgentRun<O, M> {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  OpenableRun(RunState<O, M> state) {
    super(state);
  }

  /** Starts it within 30 seconds; see {@link #start(Duration)}. */
  public void start() throws InterruptedException {
    start(DEADLINE);
  }

  /**
   * Looks for the input that the invocation names, live and back in history, and starts the run on
   * the channel; blocks.
   *
   * @param deadline how long to wait for the input
   * @throws SessionException with code 104010 when it did not come in time, 40033 when the run was
   *     cancelled before, 104003 when the start could not be published. The run is then done with
   */
  public void start(Duration deadline) throws InterruptedException {
    state().start(deadline);
  }

  /**
   * Looks for the input as {@link #start(Duration)} does and starts nothing: the run's id, its
   * status and its view are then those of the run that the input is for. Follow it by a start, or
   * by {@link #release} when the run is not this agent's to start.
   *
   * @throws SessionException with code 104010 when it did not come in time
   */
  public void find(Duration deadline) throws InterruptedException {
    state().find(deadline);
  }

  /** Lets go of a run that is not to be started; does nothing once it is. */
  public void release() {
    state().release();
  }
}
