package io.holdfast.sessions;

import io.holdfast.protocol.ErrorInfo;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A run that an agent has in hand. Used by one thread at a time, but for {@link #abortSignal} and
 * what only tells something.
 *
 * @param <O> what the agent puts out
 * @param <M> the codec's form of a message
 */
public abstract sealed class AgentRun<O, M> permits OpenableRun, AdoptedRun {
  private final RunState<O, M> state;

  AgentRun(RunState<O, M> state) {
    this.state = state;
  }

  RunState<O, M> state() {
    return state;
  }

  /** The run's id. One that goes on with another has that one's, once it is started. */
  public String runId() {
    return state.runId();
  }

  /** Names this agent's work on the run. */
  public String invocationId() {
    return state.invocationId();
  }

  /** Where the run is; active until it is known. */
  public RunStatus status() {
    return state.status();
  }

  /** What went wrong, of a run that ended so; else null. */
  public @Nullable ErrorInfo error() {
    return state.error();
  }

  /** The input and what this run has said to it so far. */
  public List<CodecMessage<M>> messages() {
    return state.prompt().own();
  }

  /**
   * What was said on the branch that leads to this run, the oldest first, the message that it
   * answers included: also what {@link #view} leaves out because it was stopped, failed or lost its
   * agent. Only what is known is in it: {@link View#loadAll} loads the rest.
   */
  public List<CodecMessage<M>> before() {
    return state.prompt().before();
  }

  /** How many runs answer the same message and came before this one; 0 until it is started. */
  public int earlierAnswers() {
    return state.prompt().earlierAnswers();
  }

  /**
   * The conversation that is to be answered, for the model to read. Only what is known is in it:
   * {@link View#loadAll} loads the rest.
   */
  public View<M> view() {
    return state.prompt();
  }

  /** Says when the run is cancelled. */
  public AbortSignal abortSignal() {
    return state.signal();
  }

  /**
   * Stops the work as somebody's cancel does, without asking the hook: the stream that is piped
   * ends, and {@link #abortSignal} says so. How the run ends is still to be said.
   */
  public void abort() {
    state.signal().abort();
  }

  /**
   * Whether there is something to answer: before the first output always, then when somebody has
   * put a message into the run since this was last asked. The next output then says that it takes
   * them up. Ask it at the head of the loop that calls the model.
   */
  public boolean hasInput() {
    return state.hasInput();
  }

  /**
   * Writes all outputs of this into one new message, in a step of its own; blocks until they are
   * used up, one cannot be had or written, or the run is cancelled. A thread that waits for the
   * next output is interrupted when the run is cancelled.
   *
   * @throws SessionException with code 40003 when the run is not open or a step is under way
   */
  public PipeResult pipe(Iterator<? extends O> outputs) throws InterruptedException {
    return state.steps().pipe(PipeSource.of(outputs, () -> {}));
  }

  /** Writes all outputs of this into one new message and closes it; see {@link #pipe(Iterator)}. */
  public PipeResult pipe(Stream<? extends O> outputs) throws InterruptedException {
    return state.steps().pipe(PipeSource.of(outputs.iterator(), outputs::close));
  }

  /** Writes all outputs of this into one new message; see {@link #pipe(Iterator)}. */
  public PipeResult pipe(Flow.Publisher<? extends O> outputs) throws InterruptedException {
    return state.steps().pipe(PipeSource.of(outputs));
  }

  /** A step to be started; of an id of its own, or the last one's again if that has failed. */
  public RunStep<O, M> createStep() {
    return state.steps().create(null, null);
  }

  /** A step of this id, which another process may have tried before. */
  public RunStep<O, M> createStep(String stepId) {
    return state.steps().create(stepId, null);
  }

  /** A step of this id, that works for this client. */
  public RunStep<O, M> createStep(String stepId, String stepClientId) {
    return state.steps().create(stepId, stepClientId);
  }

  /**
   * Leaves the run to wait for somebody's answer; another invocation goes on with it. Blocks. Does
   * nothing when it has ended.
   *
   * @throws SessionException with code 40003 while a step is under way, 104003 when it could not be
   *     published; it may then be called again
   */
  public void suspend() throws InterruptedException {
    state.suspend();
  }

  /**
   * Ends the run and the step under way; blocks. Does nothing when it has ended.
   *
   * @throws SessionException with code 104003 when it could not be published; it may then be called
   *     again, and should be: until the channel has it, the run is active for everybody
   */
  public void end(RunEndReason reason) throws InterruptedException {
    state.end(reason, null);
  }

  /** Ends the run with an error that everybody is told. */
  public void fail(ErrorInfo error) throws InterruptedException {
    state.end(RunEndReason.ERROR, error);
  }

  /** Ends the run as what was piped into it ended. */
  public void end(PipeResult result) throws InterruptedException {
    SessionException error = result.error();
    state.end(result.reason(), error == null ? null : error.error());
  }
}
