package io.holdfast.demoagent;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.sessions.AgentSession;
import io.holdfast.sessions.OpenableRun;
import io.holdfast.sessions.PipeResult;
import io.holdfast.sessions.RunEndReason;
import io.holdfast.sessions.RunHooks;
import io.holdfast.sessions.RunInfo;
import io.holdfast.sessions.RunStatus;
import io.holdfast.sessions.SessionException;
import io.holdfast.sessions.UiChunk;
import io.holdfast.sessions.UiMessage;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One invocation from its trigger to its end: the loop between the session and the model. Used by
 * one thread, but for {@link #interrupt} and {@link #runId}.
 */
final class Answering {
  private static final int MOST_MESSAGES = 200;
  private static final int PAGE = 1_000;
  private static final Duration TRIGGER_WITHIN = Duration.ofSeconds(30);
  private static final int STREAM_FAILED = 104008;
  private static final String INSTRUCTIONS =
      """
      You are the agent of a demonstration of Holdfast, a durable session layer.
      Answer at length and in Markdown, in paragraphs separated by empty lines. Use the tool weather when
      asked about the weather. Use the tool deploy when asked to deploy something: a person has to approve
      it, and nothing is really deployed. People may add something while you write: take it up at once.""";

  /** How a run ended, or paused. */
  enum End {
    SUSPENDED,
    OVER
  }

  /** How one call of the model ended. */
  private sealed interface Outcome {
    record Complete() implements Outcome {}

    record Waits() implements Outcome {}

    record Cancelled() implements Outcome {}

    record Failed(String why) implements Outcome {}
  }

  private final Equipment equipment;
  private final OpenableRun<UiChunk, UiMessage> run;
  private final @Nullable Board board;
  private final Consumer<String> tell;
  private final Reach reach;
  private @Nullable Progress progress;
  private int remarks;
  private boolean steered;
  private @Nullable String failed;
  private volatile @Nullable String ending;
  private volatile String runId;

  /**
   * @param board where people say how it shall answer and see how far it is; there may be none
   * @param tell is told what the agent is doing, whenever that changes
   */
  Answering(
      Equipment equipment,
      AgentSession<UiChunk, UiMessage> session,
      Job.Run job,
      @Nullable Board board,
      Reach reach,
      Consumer<String> tell) {
    this.equipment = equipment;
    this.board = board;
    this.reach = reach;
    this.tell = tell;
    RunHooks<UiChunk> hooks =
        RunHooks.<UiChunk>none()
            .onError(error -> {})
            // a stream can only be closed while the channel takes that
            .onCancelled(writer -> reach.await());
    run = session.createRun(job.invocation(), job.identity(), hooks);
    runId = run.runId();
  }

  /** The run's id; that of the run it goes on with, once it is found. */
  String runId() {
    return runId;
  }

  /**
   * Finds the trigger and opens the run; false when that is not for this process to do.
   *
   * @param mine whether nobody else here has the run of this id in hand
   */
  boolean open(Predicate<String> mine) throws InterruptedException {
    boolean opened = false;
    try {
      reach.await();
      run.find(TRIGGER_WITHIN);
      while (run.view().hasOlder() && run.view().messages().size() < MOST_MESSAGES) {
        run.view().loadOlder(PAGE);
      }
      runId = run.runId();
      if (mine.test(runId) && isToBeOpened()) {
        run.start();
        remarks = countRemarks();
        opened = true;
      }
    } finally {
      if (!opened) {
        run.release();
      }
    }
    return opened;
  }

  /** A run that is there is either waiting to go on, or was opened by an agent that is gone. */
  private boolean isToBeOpened() {
    RunInfo known = run.view().run(runId);
    if (known == null || known.invocationId().isEmpty()) {
      return true;
    }
    // it goes on once everything it asks is answered
    return known.status() == RunStatus.SUSPENDED
        && run.messages().stream().noneMatch(message -> Conversation.asks(message.message()));
  }

  /** What people have said in this run; the answer to a question of a tool is no remark. */
  private int countRemarks() {
    return Conversation.questions(own()).size();
  }

  private List<UiMessage> own() {
    return run.messages().stream().map(message -> message.message()).toList();
  }

  private boolean steered() {
    int now = countRemarks();
    steered |= now > remarks;
    remarks = now;
    return steered;
  }

  /** Answers until there is nothing left to answer. */
  End answer() throws InterruptedException {
    try {
      return answered();
    } finally {
      Progress shown = progress;
      if (shown != null) {
        shown.end();
      }
    }
  }

  private End answered() throws InterruptedException {
    Outcome outcome = new Outcome.Complete();
    for (int passes = 0; outcome instanceof Outcome.Complete && run.hasInput(); passes++) {
      if (steered() || passes == 0) {
        outcome = pass();
      }
    }
    reach.await();
    String why = ending;
    if (why != null) {
      outcome = new Outcome.Failed(why);
    } else if (run.abortSignal().aborted()) {
      outcome = new Outcome.Cancelled();
    }
    switch (outcome) {
      case Outcome.Complete complete -> run.end(RunEndReason.COMPLETE);
      case Outcome.Waits waits -> run.suspend();
      case Outcome.Cancelled cancelled -> run.end(RunEndReason.CANCELLED);
      case Outcome.Failed failure ->
          run.fail(new ErrorInfo(STREAM_FAILED, 500, failure.why(), null));
    }
    return outcome instanceof Outcome.Waits ? End.SUSPENDED : End.OVER;
  }

  /** One call of the model, streamed into one message. */
  private Outcome pass() throws InterruptedException {
    Conversation conversation = Conversation.of(run);
    Prompt prompt = prompt(conversation, steered);
    steered = false;
    failed = null;
    int wanted = prompt.wishes().words(prompt.question());
    show(wanted, prompt.wishes());
    Handoff.Maker maker = out -> equipment.performance().run(prompt, conversation.allowed(), out);
    boolean[] waits = new boolean[1];
    PipeResult piped;
    ParagraphCut cut;
    try (Handoff chunks = Handoff.of(maker, equipment.threads())) {
      cut = new ParagraphCut(chunks, () -> steered() || isEnough(prompt.question(), wanted));
      piped = run.pipe(new Recorded(cut, waits));
    }
    String why = failed;
    SessionException error = piped.error();
    return switch (piped.reason()) {
      case COMPLETE ->
          why != null && !cut.cut()
              ? new Outcome.Failed(why)
              : waits[0] ? new Outcome.Waits() : new Outcome.Complete();
      case CANCELLED -> new Outcome.Cancelled();
      case ERROR ->
          new Outcome.Failed(error == null ? "the answer broke off" : error.getMessage() + "");
    };
  }

  private Prompt prompt(Conversation conversation, boolean remarked) {
    List<String> asked = conversation.asked();
    List<String> own = Conversation.questions(own());
    String last = asked.isEmpty() ? "" : asked.getLast();
    String first = own.isEmpty() ? last : own.getFirst();
    Wishes wishes = wishes();
    return new Prompt(
        INSTRUCTIONS + "\n" + wishes.instruction(),
        conversation.turns(),
        remarked ? first : last,
        remarked ? last : null,
        run.earlierAnswers(),
        wishes);
  }

  private Wishes wishes() {
    return board == null ? Wishes.USUAL : board.wishes();
  }

  private void show(int wanted, Wishes wishes) {
    Progress shown = progress;
    if (shown != null) {
      shown.aims(wanted, wishes);
    } else if (board != null) {
      progress = board.progress(runId, wanted, wishes);
    }
  }

  /** Whether less is wanted than when it began, and that much has been said. */
  private boolean isEnough(String question, int atFirst) {
    Progress shown = progress;
    if (shown == null) {
      return false;
    }
    Wishes wishes = wishes();
    int wanted = wishes.words(question);
    if (wanted < atFirst) {
      shown.aims(wanted, wishes);
    }
    return wanted < atFirst && shown.words() >= wanted;
  }

  /** The chunks as they pass, after their text was written down. */
  private final class Recorded implements Iterator<UiChunk> {
    private final Iterator<UiChunk> chunks;
    private final boolean[] waits;

    private Recorded(Iterator<UiChunk> chunks, boolean[] waits) {
      this.chunks = chunks;
      this.waits = waits;
    }

    @Override
    public boolean hasNext() {
      return chunks.hasNext();
    }

    @Override
    public UiChunk next() {
      UiChunk chunk = chunks.next();
      switch (chunk) {
        case UiChunk.TextDelta delta -> said(delta.delta());
        case UiChunk.Failure failure -> failed = failure.errorText();
        case UiChunk.ToolApprovalRequest request -> waits[0] = true;
        case UiChunk.Start start -> does("thinking");
        case UiChunk.StartStep start -> does("thinking");
        case UiChunk.ReasoningStart start -> does("thinking");
        case UiChunk.TextStart start -> does("writing");
        case UiChunk.ToolInputStart start -> does("calling a tool");
        case UiChunk.ToolInputAvailable call -> does("calling a tool");
        case UiChunk.FinishStep _,
            UiChunk.Finish _,
            UiChunk.MessageMetadata _,
            UiChunk.Abort _,
            UiChunk.TextEnd _,
            UiChunk.ReasoningDelta _,
            UiChunk.ReasoningEnd _,
            UiChunk.ToolInputDelta _,
            UiChunk.ToolInputFailure _,
            UiChunk.ToolOutputAvailable _,
            UiChunk.ToolOutputFailure _,
            UiChunk.ToolOutputDenied _,
            UiChunk.File _,
            UiChunk.SourceUrl _,
            UiChunk.SourceDocument _,
            UiChunk.Data _ -> {}
      }
      return chunk;
    }

    private void does(String doing) {
      tell.accept(doing);
      Progress shown = progress;
      if (shown != null) {
        shown.does(doing);
      }
    }

    private void said(String text) {
      Progress shown = progress;
      if (shown != null) {
        shown.said(text);
      }
      equipment.transcript().add(runId, text);
    }
  }

  /** Stops it and says why; for what is not a person's wish. */
  void interrupt(String why) {
    if (ending == null) {
      ending = why;
    }
    run.abort();
  }
}
