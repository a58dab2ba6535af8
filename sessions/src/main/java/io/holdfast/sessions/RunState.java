package io.holdfast.sessions;

import io.holdfast.client.Json;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.sessions.Node.RunNode;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a session knows of a run that it has in hand, and the messages of its life. Fields are
 * guarded by the session's lock.
 */
final class RunState<O, M> {
  private enum Phase {
    CREATED,
    OPENING,
    OPEN,
    ENDING,

    /** Its end could not be published and may be said again. */
    UNENDED,
    ENDED
  }

  private final AgentSession<O, M> session;
  private final SessionCore<O, M> core;
  private final Invocation invocation;
  private final String invocationId;
  private final RunHooks<O> hooks;
  private final AbortSignal signal = new AbortSignal();
  private final PromptView<M> prompt;
  private final StepWriter<O, M> steps;
  private final InputSearch search;

  /** What was put into the run and nobody asked for yet; then, what the next answer takes up. */
  private final Set<String> unasked = new LinkedHashSet<>();

  private final Set<String> takingUp = new LinkedHashSet<>();
  private Phase phase = Phase.CREATED;
  private String runId;
  private String ownerClientId = "";

  /** Under which id the session knows it; the run's own once it is claimed. */
  private String registeredId;

  /** The message that it answers, once it is claimed. */
  private @Nullable String claimed;

  /** Whether something was put in that nobody asked for yet. */
  private boolean nudged;

  private boolean answered;

  /** The input that called for this, once it was found. */
  private SessionCore.@Nullable Located trigger;

  private @Nullable String outputParent;

  RunState(
      AgentSession<O, M> session,
      SessionCore<O, M> core,
      Invocation invocation,
      String runId,
      String invocationId,
      RunHooks<O> hooks) {
    this.session = session;
    this.core = core;
    this.invocation = invocation;
    this.runId = runId;
    registeredId = runId;
    this.invocationId = invocationId;
    this.hooks = hooks;
    prompt = new PromptView<>(core, id -> unasked.contains(id) || takingUp.contains(id));
    steps = new StepWriter<>(this, core);
    search = new InputSearch(core, invocation.inputEventId(), signal);
  }

  String runId() {
    return runId;
  }

  String invocationId() {
    return invocationId;
  }

  AbortSignal signal() {
    return signal;
  }

  PromptView<M> prompt() {
    return prompt;
  }

  StepWriter<O, M> steps() {
    return steps;
  }

  RunHooks<O> hooks() {
    return hooks;
  }

  RunStatus status() {
    RunInfo info = prompt.run(runId);
    return info == null ? RunStatus.ACTIVE : info.status();
  }

  @Nullable ErrorInfo error() {
    RunInfo info = prompt.run(runId);
    return info == null ? null : info.error();
  }

  // --- opening ---

  private void beginOpening(String what) {
    core.requireOpen(what);
    if (signal.aborted()) {
      throw SessionError.CANCELLED.because("The run " + runId + " was cancelled before");
    }
    core.lock();
    try {
      if (phase != Phase.CREATED) {
        throw SessionError.INVALID_ARGUMENT.because("The run " + runId + " was opened before");
      }
      phase = Phase.OPENING;
    } finally {
      core.unlock();
    }
  }

  /** Finds the input and the run's place, and says nothing to anybody. */
  void find(Duration deadline) throws InterruptedException {
    beginOpening("start a run");
    boolean found = false;
    core.expect(invocation.inputEventId());
    try {
      search.until(() -> true, "", deadline, runId);
      place(true);
      found = true;
    } finally {
      core.expectNoMore(invocation.inputEventId());
      if (!found) {
        deregister();
      }
    }
  }

  void start(Duration deadline) throws InterruptedException {
    if (!core.holds(() -> phase == Phase.OPENING && trigger != null)) {
      find(deadline);
    }
    boolean started = false;
    try {
      CancelRequest early = claim();
      if (early != null) {
        cancel(early);
      }
      publishStart();
      started = true;
    } finally {
      if (!started) {
        deregister();
      }
    }
  }

  /** It is not to be started after all. */
  void release() {
    if (!core.holds(() -> phase == Phase.OPEN)) {
      deregister();
    }
  }

  void load(Duration deadline) throws InterruptedException {
    beginOpening("load a run");
    boolean loaded = false;
    core.expect(invocation.inputEventId());
    try {
      search.until(
          () -> {
            RunNode<M> run = core.tree().run(runId);
            return run != null && run.placed();
          },
          "The start of run " + runId,
          deadline,
          runId);
      RunStatus status = status();
      if (status != RunStatus.ACTIVE) {
        throw SessionError.INVALID_ARGUMENT.because(
            "The run " + runId + " is " + status + " and cannot be gone on with");
      }
      place(false);
      CancelRequest early = claim();
      core.locked(
          () -> {
            RunNode<M> run = core.tree().run(runId);
            ownerClientId = run == null ? "" : run.clientId();
            open();
          });
      loaded = true;
      if (early != null) {
        cancel(early);
      }
    } finally {
      core.expectNoMore(invocation.inputEventId());
      if (!loaded) {
        deregister();
      }
    }
  }

  /** Sees the place that the input gives the run. */
  private void place(boolean mayContinue) {
    core.lock();
    try {
      SessionCore.Located found = core.located(invocation.inputEventId());
      if (found == null) {
        throw SessionError.CONTINUITY_LOST.because(
            "The channel had a gap while the run " + runId + " was opened");
      }
      trigger = found;
      TransportHeaders headers = triggerHeaders();
      ownerClientId = headers.getOrEmpty(Header.RUN_CLIENT_ID);
      String continued = headers.get(Header.RUN_ID);
      if (mayContinue && continued != null) {
        runId = continued;
      }
      String input = headers.get(Header.CODEC_MESSAGE_ID);
      outputParent = core.tree().nodeOf(input) == null ? headers.get(Header.PARENT) : input;
      prompt.pin(outputParent, runId, headers.get(Header.MSG_REGENERATE));
    } finally {
      core.unlock();
    }
  }

  /** From here on the run is this one's; a cancel that came before, if there was one. */
  private @Nullable CancelRequest claim() {
    core.lock();
    try {
      if (!registeredId.equals(runId)) {
        session.rename(this, registeredId, runId);
        registeredId = runId;
      }
      claimed = triggerHeaders().get(Header.CODEC_MESSAGE_ID);
      return claimed == null ? null : session.answers(this, claimed);
    } finally {
      core.unlock();
    }
  }

  private TransportHeaders triggerHeaders() {
    return trigger == null ? TransportHeaders.NONE : trigger.headers();
  }

  private @Nullable String inputClientId() {
    return trigger == null ? null : trigger.clientId();
  }

  private void publishStart() throws InterruptedException {
    TransportHeaders headers = triggerHeaders();
    boolean goesOn = headers.get(Header.RUN_ID) != null;
    TransportHeaders.Builder start = lifeHeaders();
    if (!goesOn) {
      core.lock();
      try {
        boolean intoRun =
            core.tree().nodeOf(headers.get(Header.CODEC_MESSAGE_ID)) instanceof RunNode<M>;
        start.set(Header.PARENT, intoRun ? headers.get(Header.PARENT) : outputParent);
      } finally {
        core.unlock();
      }
      start
          .set(Header.FORK_OF, headers.get(Header.FORK_OF))
          .set(Header.MSG_REGENERATE, headers.get(Header.MSG_REGENERATE));
    }
    publishLife(goesOn ? WireEvent.RUN_RESUME : WireEvent.RUN_START, start.build());
    core.locked(this::open);
  }

  /** Headers that every message of the run's life has. */
  private TransportHeaders.Builder lifeHeaders() {
    return TransportHeaders.builder()
        .set(Header.RUN_ID, runId)
        .set(Header.RUN_CLIENT_ID, ownerClientId)
        .set(Header.INVOCATION_ID, invocationId)
        .set(Header.INPUT_CLIENT_ID, inputClientId())
        .set(Header.INPUT_CODEC_MESSAGE_ID, triggerHeaders().get(Header.CODEC_MESSAGE_ID));
  }

  private void publishLife(WireEvent event, TransportHeaders headers) throws InterruptedException {
    publish(
        Outgoing.bare(event, headers),
        "The " + WireNames.V0_8.of(event) + " of run " + runId + " could not be published");
  }

  /** Publishes and applies at once, by the serial that the channel gave. */
  @Nullable String publish(Outgoing message, String failure) throws InterruptedException {
    List<String> serials;
    try {
      serials = core.channel().publish(List.of(message)).get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      String why = cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage();
      throw SessionError.RUN_LIFECYCLE_FAILED.because(failure + why, cause);
    }
    String serial = serials.isEmpty() ? null : serials.getFirst();
    if (serial != null) {
      core.apply(WireMessage.of(message, serial, core.channel().clientId()), true, applied -> {});
    }
    return serial;
  }

  private void open() {
    phase = Phase.OPEN;
    RunNode<M> run = core.tree().run(runId);
    if (run == null) {
      return;
    }
    Set<String> ids = run.untaken();
    ids.remove(triggerHeaders().getOrEmpty(Header.CODEC_MESSAGE_ID));
    unasked.addAll(ids);
    if (!unasked.isEmpty()) {
      core.dispatcher().post(this::tellSteered);
    }
  }

  // --- what people do to it ---

  /**
   * Somebody put something into the run; the session's lock is held.
   *
   * @param message whether it is a message of its own, which the next answer takes up; else it is
   *     about one that is there, such as an answer to a tool call
   */
  void steered(String codecMessageId, boolean message) {
    if (phase == Phase.OPEN) {
      nudged = true;
      if (message) {
        unasked.add(codecMessageId);
      }
      core.dispatcher().post(this::tellSteered);
    }
  }

  private void tellSteered() {
    try {
      hooks.onSteer().run();
    } catch (RuntimeException e) {
      tell(SessionError.CANCEL_LISTENER_FAILED.because("The hook onSteer threw", e));
    }
  }

  /** Whether there is something to answer: at first always, then when something was put in. */
  boolean hasInput() {
    core.lock();
    try {
      if (signal.aborted()) {
        return false;
      }
      boolean any = nudged || !unasked.isEmpty();
      nudged = false;
      takingUp.addAll(unasked);
      unasked.clear();
      return any || !answered;
    } finally {
      core.unlock();
    }
  }

  /** The agent has begun to answer. */
  void answering() {
    core.locked(() -> answered = true);
  }

  /** What the next answer takes up, as its outputs say it; often nothing. */
  List<String> takeUp() {
    core.lock();
    try {
      List<String> ids = List.copyOf(takingUp);
      takingUp.clear();
      if (!ids.isEmpty()) {
        prompt.refresh();
      }
      return ids;
    } finally {
      core.unlock();
    }
  }

  /** Stops the run, if the agent lets it be stopped. */
  void cancel(CancelRequest request) {
    try {
      if (hooks.onCancel().test(request)) {
        signal.abort();
      }
    } catch (RuntimeException e) {
      tell(SessionError.CANCEL_LISTENER_FAILED.because("The hook onCancel threw", e));
    }
  }

  void tell(SessionException error) {
    Consumer<ErrorInfo> listener = hooks.onError();
    if (listener == null) {
      core.errors().tell(error.error());
    } else {
      core.dispatcher().post(() -> listener.accept(error.error()));
    }
  }

  // --- its end ---

  /** Whether outputs can be written. */
  void requirePublishable(String what) {
    core.requireOpen(what);
    core.lock();
    try {
      if (phase != Phase.OPEN) {
        throw SessionError.INVALID_ARGUMENT.because(
            "The run "
                + runId
                + " is "
                + (phase == Phase.CREATED || phase == Phase.OPENING ? "not started" : "ended")
                + " and cannot "
                + what);
      }
    } finally {
      core.unlock();
    }
    RunStatus status = status();
    if (status.ended()) {
      throw SessionError.INVALID_ARGUMENT.because(
          "The run " + runId + " is " + status + " and cannot " + what);
    }
  }

  void suspend() throws InterruptedException {
    core.requireOpen("suspend a run");
    if (steps.active()) {
      throw SessionError.INVALID_ARGUMENT.because(
          "The run " + runId + " has a step under way and cannot be suspended");
    }
    if (beginEnd()) {
      publishEnd(WireEvent.RUN_SUSPEND, lifeHeaders().build());
    }
  }

  void end(RunEndReason reason, @Nullable ErrorInfo error) throws InterruptedException {
    core.requireOpen("end a run");
    if (!beginEnd()) {
      return;
    }
    try {
      steps.closeActive(reason.ofStep());
    } catch (SessionException e) {
      tell(e);
    }
    TransportHeaders.Builder headers = lifeHeaders().set(Header.RUN_REASON, reason.wireName());
    if (reason == RunEndReason.ERROR && error != null) {
      headers
          .set(Header.ERROR_CODE, Integer.toString(error.code()))
          .set(Header.ERROR_MESSAGE, error.message());
    }
    publishEnd(WireEvent.RUN_END, headers.build());
  }

  /**
   * The session is done with the run in any case; as long as the channel does not have its end, it
   * may be said again, or the run would be active for everybody for ever.
   */
  private void publishEnd(WireEvent event, TransportHeaders headers) throws InterruptedException {
    boolean published = false;
    try {
      publishLife(event, headers);
      published = true;
    } finally {
      leave(published ? Phase.ENDED : Phase.UNENDED);
    }
  }

  /** Whether there is something to end; what others have ended is not ended again. */
  private boolean beginEnd() {
    RunStatus status = status();
    core.lock();
    try {
      if (phase == Phase.CREATED || phase == Phase.OPENING) {
        throw SessionError.INVALID_ARGUMENT.because("The run " + runId + " is not started");
      }
      if (phase == Phase.ENDING || phase == Phase.ENDED) {
        return false;
      }
      phase = Phase.ENDING;
    } finally {
      core.unlock();
    }
    if (status.ended()) {
      deregister();
      return false;
    }
    return true;
  }

  /** Ends the run if it is open. */
  void endCancelled() throws InterruptedException {
    boolean open = core.holds(() -> phase == Phase.OPEN);
    if (open) {
      end(RunEndReason.CANCELLED, null);
    }
    signal.abort();
  }

  private void deregister() {
    leave(Phase.ENDED);
  }

  private void leave(Phase as) {
    core.locked(
        () -> {
          phase = as;
          session.deregister(this, registeredId, claimed);
        });
    prompt.close();
  }

  // --- headers of what it puts out ---

  /** Headers of a step's message. */
  TransportHeaders.Builder stepHeaders(String stepId, String stepClientId) {
    return TransportHeaders.builder()
        .set(Header.RUN_ID, runId)
        .set(Header.STEP_ID, stepId)
        .set(Header.INVOCATION_ID, invocationId)
        .set(Header.RUN_CLIENT_ID, ownerClientId)
        .set(Header.INPUT_CLIENT_ID, inputClientId())
        .set(Header.STEP_CLIENT_ID, stepClientId);
  }

  /** Headers of outputs that go into one new message of a step. */
  TransportHeaders outputHeaders(
      String stepId, String stepClientId, @Nullable String stepStartSerial) {
    TransportHeaders from = triggerHeaders();
    List<String> steers = takeUp();
    return stepHeaders(stepId, stepClientId)
        .set(Header.ROLE, Role.ASSISTANT.wireName())
        .set(Header.CODEC_MESSAGE_ID, core.ids().next())
        .setUnlessEmpty(Header.PARENT, outputParent)
        .setUnlessEmpty(Header.FORK_OF, from.get(Header.FORK_OF))
        .setUnlessEmpty(Header.MSG_REGENERATE, from.get(Header.MSG_REGENERATE))
        .set(Header.INPUT_CODEC_MESSAGE_ID, from.get(Header.CODEC_MESSAGE_ID))
        .set(Header.STEP_START_SERIAL, stepStartSerial)
        .set(Header.STEER_CODEC_MESSAGE_IDS, steers.isEmpty() ? null : Json.write(steers))
        .build();
  }

  /**
   * For whom a step works unless the agent says so: as the last one, else who published the input.
   */
  String stepClientId(@Nullable String last) {
    if (last != null) {
      return last;
    }
    core.lock();
    try {
      RunNode<M> run = core.tree().run(runId);
      String known = run == null ? null : run.steps.lastClientId();
      if (known != null) {
        return known;
      }
    } finally {
      core.unlock();
    }
    String input = inputClientId();
    return input == null ? "" : input;
  }
}
