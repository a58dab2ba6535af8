package io.holdfast.sessions;

import io.holdfast.protocol.ErrorInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The answer to an input that this client sent. An agent has to be told of it: see {@link
 * #toInvocation}.
 *
 * @param <M> the codec's form of a message
 */
public final class ClientRun<M> {
  private final ClientSession<M> session;
  private final String inputCodecMessageId;
  private final String inputEventId;
  private final @Nullable String knownRunId;
  private final ClientSession.Started started;

  ClientRun(
      ClientSession<M> session,
      String inputCodecMessageId,
      String inputEventId,
      @Nullable String knownRunId,
      ClientSession.Started started) {
    this.session = session;
    this.inputCodecMessageId = inputCodecMessageId;
    this.inputEventId = inputEventId;
    this.knownRunId = knownRunId;
    this.started = started;
  }

  /** The run's id; empty until an agent has started it. */
  public String runId() {
    return started.runId();
  }

  /** The session's id of the input. */
  public String inputCodecMessageId() {
    return inputCodecMessageId;
  }

  /** The event that the input was published under. */
  public String inputEventId() {
    return inputEventId;
  }

  /** Done with the run's id when an agent has started or resumed it. */
  public CompletableFuture<String> started() {
    return started.told().copy();
  }

  /**
   * Waits until an agent has started or resumed the run.
   *
   * @return whether one has
   */
  public boolean awaitStarted(Duration timeout) throws InterruptedException {
    return session.core().await(() -> !runId().isEmpty(), timeout);
  }

  /** Where the run is; active until it is known. */
  public RunStatus status() {
    RunInfo info = session.view().run(runId());
    return info == null ? RunStatus.ACTIVE : info.status();
  }

  /** What went wrong, of a run that ended so; else null. */
  public @Nullable ErrorInfo error() {
    RunInfo info = session.view().run(runId());
    return info == null ? null : info.error();
  }

  /** The input and what answers it. */
  public List<CodecMessage<M>> messages() {
    return session.messagesOf(runId(), inputCodecMessageId);
  }

  /**
   * Waits until the run has ended or waits for an answer.
   *
   * @return whether it has; false when the time was up
   */
  public boolean awaitSettled(Duration timeout) throws InterruptedException {
    return session.core().await(() -> !runId().isEmpty() && status() != RunStatus.ACTIVE, timeout);
  }

  /**
   * Asks the agent to stop, also before it has begun. It may refuse, or be done already; nothing
   * tells that but the run itself.
   */
  public void cancel() throws InterruptedException {
    session.cancel(knownRunId, inputCodecMessageId);
  }

  /** Puts a message into the run under way, once it has started. Returns at once. */
  public SteerResult steer(Input<M> input) {
    return session.steer(started.told(), input);
  }

  /** What an agent's endpoint is sent. */
  public Invocation toInvocation() {
    return new Invocation(inputEventId, session.channelName());
  }
}
