package io.holdfast.sessions;

import java.util.Iterator;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A step of a run, which may be tried again: what a later attempt of the same step id puts out
 * takes the place of what the earlier ones did, for every reader. Used by one thread at a time.
 *
 * @param <O> what the agent puts out
 * @param <M> the codec's form of a message
 */
public final class RunStep<O, M> {
  private final StepWriter<O, M> writer;
  private final String stepId;
  private final String stepClientId;
  private boolean started;
  private boolean ended;
  private boolean failed;
  private boolean cancelled;
  private @Nullable String startSerial;

  RunStep(StepWriter<O, M> writer, String stepId, String stepClientId) {
    this.writer = writer;
    this.stepId = stepId;
    this.stepClientId = stepClientId;
  }

  /** Which step it is; another attempt has the same. */
  public String stepId() {
    return stepId;
  }

  /** Says when the run is cancelled. */
  public AbortSignal abortSignal() {
    return writer.signal();
  }

  /**
   * Begins this attempt; blocks. Does nothing when that is done.
   *
   * @throws SessionException with code 40003 while another step is under way, 104003 when it could
   *     not be published
   */
  public void start() throws InterruptedException {
    if (!started) {
      startSerial = writer.start(this);
      started = true;
    }
  }

  /** Writes all outputs of this into one new message; blocks until they are used up. */
  public PipeResult pipe(Iterator<? extends O> outputs) throws InterruptedException {
    return pipe(PipeSource.of(outputs, () -> {}));
  }

  /** Writes all outputs of this into one new message and closes it. */
  public PipeResult pipe(Stream<? extends O> outputs) throws InterruptedException {
    return pipe(PipeSource.of(outputs.iterator(), outputs::close));
  }

  /** Writes all outputs of this into one new message. */
  public PipeResult pipe(Flow.Publisher<? extends O> outputs) throws InterruptedException {
    return pipe(PipeSource.of(outputs));
  }

  private PipeResult pipe(PipeSource<O> source) throws InterruptedException {
    source.closeUnless(
        () -> {
          requireActive("pipe");
          writer.requirePublishable("pipe");
        });
    PipeResult result = writer.pipe(source, this, () -> {});
    failed |= result.reason() == RunEndReason.ERROR;
    cancelled |= result.reason() == RunEndReason.CANCELLED;
    return result;
  }

  /** Writes one output into a message of its own; blocks. */
  public void send(O output) throws InterruptedException {
    requireActive("send");
    boolean sent = false;
    try {
      writer.send(output, this);
      sent = true;
    } finally {
      failed |= !sent;
    }
  }

  /** Ends this attempt as what was piped into it ended; blocks. */
  public void end() throws InterruptedException {
    boolean stopped = cancelled || writer.signal().aborted();
    StepEndReason unlessStopped = failed ? StepEndReason.FAILED : StepEndReason.COMPLETE;
    end(stopped ? StepEndReason.CANCELLED : unlessStopped);
  }

  /** Ends this attempt; a failed one may be tried again with another step of this id. */
  public void end(StepEndReason reason) throws InterruptedException {
    if (!ended) {
      ended = true;
      writer.end(this, startSerial, reason);
    }
  }

  private void requireActive(String what) {
    if (!started || ended) {
      throw SessionError.INVALID_ARGUMENT.because(
          "The step "
              + stepId
              + " is "
              + (ended ? "ended" : "not started")
              + " and cannot "
              + what);
    }
  }

  boolean started() {
    return started;
  }

  String stepClientId() {
    return stepClientId;
  }

  @Nullable String startSerial() {
    return startSerial;
  }
}
