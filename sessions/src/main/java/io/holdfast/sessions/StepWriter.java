package io.holdfast.sessions;

import org.jspecify.annotations.Nullable;

/**
 * The steps of one run, of which one is under way at a time, and what goes into them. Used by the
 * run's thread.
 */
final class StepWriter<O, M> {
  private final RunState<O, M> run;
  private final SessionCore<O, M> core;
  private int index;
  private @Nullable String lastStepId;
  private @Nullable StepEndReason lastReason;
  private @Nullable String lastClientId;
  private volatile @Nullable RunStep<O, M> active;

  StepWriter(RunState<O, M> run, SessionCore<O, M> core) {
    this.run = run;
    this.core = core;
  }

  boolean active() {
    return active != null;
  }

  /** A step, not started; of an id of its own, or of the last one's if that has failed. */
  RunStep<O, M> create(@Nullable String stepId, @Nullable String stepClientId) {
    String id = stepId;
    if (id == null) {
      boolean again = lastReason == StepEndReason.FAILED && lastStepId != null;
      id = again ? lastStepId : run.invocationId() + "-step-" + index++;
    }
    String client = stepClientId == null ? run.stepClientId(lastClientId) : stepClientId;
    lastClientId = client;
    return new RunStep<>(this, String.valueOf(id), client);
  }

  /** Publishes the start; gives its serial. */
  @Nullable String start(RunStep<O, M> step) throws InterruptedException {
    run.requirePublishable("start a step");
    if (active != null) {
      throw SessionError.INVALID_ARGUMENT.because(
          "The run " + run.runId() + " has a step under way already");
    }
    active = step;
    boolean started = false;
    try {
      TransportHeaders headers = run.stepHeaders(step.stepId(), step.stepClientId()).build();
      String serial =
          run.publish(
              Outgoing.bare(WireEvent.STEP_START, headers),
              "The start of step " + step.stepId() + " could not be published");
      started = true;
      return serial;
    } finally {
      if (!started) {
        active = null;
      }
    }
  }

  /** Publishes the end; without the serial of its start nobody could tell whose end it is. */
  void end(RunStep<O, M> step, @Nullable String startSerial, StepEndReason reason)
      throws InterruptedException {
    active = null;
    lastStepId = step.stepId();
    lastReason = reason;
    if (startSerial == null) {
      return;
    }
    TransportHeaders headers =
        run.stepHeaders(step.stepId(), step.stepClientId())
            .set(Header.STEP_START_SERIAL, startSerial)
            .set(Header.STEP_REASON, reason.wireName())
            .build();
    run.publish(
        Outgoing.bare(WireEvent.STEP_END, headers),
        "The end of step " + step.stepId() + " could not be published");
  }

  void closeActive(StepEndReason reason) throws InterruptedException {
    RunStep<O, M> step = active;
    if (step != null) {
      step.end(reason);
    }
  }

  /**
   * Pipes into a step of its own, which is not started before there is something to put into it.
   */
  PipeResult pipe(PipeSource<O> source) throws InterruptedException {
    source.closeUnless(
        () -> {
          run.requirePublishable("pipe");
          if (active != null) {
            throw SessionError.INVALID_ARGUMENT.because(
                "The run " + run.runId() + " has a step under way, which is to be piped into");
          }
        });
    RunStep<O, M> step = create(null, null);
    PipeResult result = pipe(source, step, step::start);
    if (step.started()) {
      try {
        step.end(result.reason().ofStep());
      } catch (SessionException e) {
        run.tell(e);
      }
    }
    return result;
  }

  PipeResult pipe(PipeSource<O> source, RunStep<O, M> step, Pipe.First first)
      throws InterruptedException {
    run.answering();
    Pipe<O> pipe = new Pipe<>(source, run.signal(), run.hooks().onCancelled(), run::tell);
    PipeResult result = pipe.run(() -> writer(step), first);
    SessionException error = result.error();
    if (error != null) {
      run.tell(error);
    }
    return result;
  }

  private StreamWriter<O> writer(RunStep<O, M> step) {
    return new StreamWriter<>(
        core.channel(),
        core.codec(),
        run.outputHeaders(step.stepId(), step.stepClientId(), step.startSerial()));
  }

  void send(O output, RunStep<O, M> step) throws InterruptedException {
    run.requirePublishable("send");
    run.answering();
    StreamWriter<O> writer = writer(step);
    try {
      writer.write(output);
    } finally {
      writer.flush();
    }
  }

  void requirePublishable(String what) {
    run.requirePublishable(what);
  }

  AbortSignal signal() {
    return run.signal();
  }
}
