package io.holdfast.sessions;

import io.holdfast.sessions.Node.RunNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A view that people use: it chooses branches and sends. Which branch is chosen is this view's own
 * affair and nobody else's.
 *
 * @param <M> the codec's form of a message
 */
public final class ClientView<M> extends View<M> {
  private final ClientSession<M> session;
  private Branches<M> branches;
  private Tree<M> tree;

  ClientView(ClientSession<M> session) {
    super(session.core());
    this.session = session;
    tree = core().tree();
    branches = new Branches<>(tree);
    core().add(this);
  }

  // --- sending ---

  /**
   * Sends behind the last message shown; blocks until the channel has it. It is shown at once, and
   * taken back when it cannot be sent.
   *
   * @throws SessionException with code 104005 or 40160 when it could not be sent
   */
  public ClientRun<M> send(Input<M> input) throws InterruptedException {
    return send(List.of(input), SendOptions.DEFAULT);
  }

  /** Sends a new message; see {@link #send(Input)}. */
  public ClientRun<M> say(M message) throws InterruptedException {
    return send(new Input.UserMessage<>(message));
  }

  /** Sends to a place of one's choosing; see {@link #send(Input)}. */
  public ClientRun<M> send(Input<M> input, SendOptions options) throws InterruptedException {
    return send(List.of(input), options);
  }

  /** Sends several inputs, one after the other, of which at most one is a new message. */
  public ClientRun<M> send(List<Input<M>> inputs, SendOptions options) throws InterruptedException {
    requireOpen();
    List<CodecMessage<M>> shown = messages();
    String last = shown.isEmpty() ? null : shown.getLast().codecMessageId();
    return session.send(
        inputs, options, last, began -> options.forkOf() == null ? () -> {} : show(began));
  }

  /** Shows the branch of what is about to be sent; gives what takes that back. */
  private Runnable show(String codecMessageId) {
    Node<M> own = core().tree().nodeOf(codecMessageId);
    if (own == null) {
      return () -> {};
    }
    Runnable back = branches().choose(own);
    refresh();
    return back;
  }

  /** Sends this in the place of a message that was sent before, which stays as another branch. */
  public ClientRun<M> edit(String codecMessageId, Input<M> input) throws InterruptedException {
    requireOpen();
    core().lock();
    try {
      if (core().tree().nodeOf(codecMessageId) == null) {
        throw SessionError.INVALID_ARGUMENT.because(
            "The message to edit, " + codecMessageId + ", is not known");
      }
    } finally {
      core().unlock();
    }
    String before = predecessor(codecMessageId);
    SendOptions beside = SendOptions.DEFAULT.forkOf(codecMessageId);
    return send(List.of(input), before == null ? beside.asFirst() : beside.behind(before));
  }

  /** Asks for another answer in the place of this one, which stays as another branch. */
  public ClientRun<M> regenerate(String codecMessageId) throws InterruptedException {
    requireOpen();
    String anchor = codecMessageId;
    String before;
    core().lock();
    try {
      if (!(core().tree().nodeOf(codecMessageId) instanceof RunNode<M> run)) {
        throw SessionError.INVALID_ARGUMENT.because(
            "The answer to give anew, " + codecMessageId + ", is not known");
      }
      before = predecessor(codecMessageId);
      List<CodecMessage<M>> own = run.messages();
      String replaced = run.regenerates();
      if (replaced != null
          && !own.isEmpty()
          && own.getFirst().codecMessageId().equals(codecMessageId)) {
        anchor = replaced;
      }
    } finally {
      core().unlock();
    }
    if (before == null) {
      throw SessionError.INVALID_ARGUMENT.because(
          "The message that " + codecMessageId + " answers is not known");
    }
    String target = anchor;
    ClientRun<M> run =
        session.send(
            List.of(new Input.Regenerate<>(target, before)),
            SendOptions.DEFAULT.behind(before),
            before,
            began -> () -> {});
    core()
        .locked(
            () -> {
              branches().chooseNewest(target);
              branches().chooseNewest(codecMessageId);
              refresh();
            });
    return run;
  }

  /**
   * Answers a tool call that waits for a yes or no; the run goes on once an agent is told.
   *
   * @param codecMessageId the message that holds the call
   */
  public ClientRun<M> approve(
      String codecMessageId, String toolCallId, boolean approved, @Nullable String reason)
      throws InterruptedException {
    RunInfo run = runOf(codecMessageId);
    if (run == null) {
      throw SessionError.INVALID_ARGUMENT.because(
          "The message " + codecMessageId + " is of no run that is known");
    }
    return send(
        new Input.Approval<>(codecMessageId, toolCallId, approved, reason),
        SendOptions.into(run.runId()));
  }

  /**
   * Gives what a tool gave that the client ran. An agent that is told goes on with it: in a run
   * that stands in for the suspended one where the {@linkplain Codec#forksForToolResults codec}
   * wants it so, else in that one.
   *
   * @param runId the suspended run
   * @param output any JSON value
   */
  public ClientRun<M> answerTool(String runId, String toolCallId, @Nullable Object output)
      throws InterruptedException {
    ToolFork<M> fork = fork(runId, toolCallId);
    return send(
        new Input.ToolResult<>(fork.target(), toolCallId, output, fork.seed()), fork.options());
  }

  /** Tells that a tool failed which the client ran; the rest as in {@link #answerTool}. */
  public ClientRun<M> failTool(String runId, String toolCallId, String message)
      throws InterruptedException {
    ToolFork<M> fork = fork(runId, toolCallId);
    return send(
        new Input.ToolFailure<>(fork.target(), toolCallId, message, fork.seed()), fork.options());
  }

  private ToolFork<M> fork(String runId, String toolCallId) {
    core().lock();
    try {
      RunNode<M> run = core().tree().run(runId);
      if (run == null || run.parent() == null) {
        throw SessionError.INVALID_ARGUMENT.because("The run " + runId + " is not known");
      }
      return ToolFork.of(run, toolCallId, core().codec(), core().ids());
    } finally {
      core().unlock();
    }
  }

  // --- branches ---

  /** What stands beside this message, and which of it is shown here. */
  public BranchSelection<M> selection(String codecMessageId) {
    core().lock();
    try {
      return branches().selection(codecMessageId);
    } finally {
      core().unlock();
    }
  }

  /**
   * Shows the sibling at this index of {@link #selection}; beyond its ends, the first or last.
   *
   * @return whether the message has siblings
   */
  public boolean select(String codecMessageId, int index) {
    core().lock();
    try {
      boolean selected = branches().select(codecMessageId, index);
      if (selected) {
        refresh();
      }
      return selected;
    } finally {
      core().unlock();
    }
  }

  private void requireOpen() {
    if (closed()) {
      throw SessionError.SESSION_CLOSED.because("The view is closed and cannot send");
    }
  }

  /** The message before this one, as shown or, if it is not shown, as the tree has it. */
  private @Nullable String predecessor(String codecMessageId) {
    String before = null;
    for (CodecMessage<M> message : messages()) {
      if (message.codecMessageId().equals(codecMessageId)) {
        return before;
      }
      before = message.codecMessageId();
    }
    core().lock();
    try {
      Node<M> node = core().tree().nodeOf(codecMessageId);
      before = null;
      for (CodecMessage<M> message : node == null ? List.<CodecMessage<M>>of() : node.messages()) {
        if (message.codecMessageId().equals(codecMessageId) && before != null) {
          return before;
        }
        before = message.codecMessageId();
      }
      Node<M> parent = node == null ? null : core().tree().shape().parentOf(node);
      return parent == null || parent.messages().isEmpty()
          ? null
          : parent.messages().getLast().codecMessageId();
    } finally {
      core().unlock();
    }
  }

  /** The choices in the tree there is; a new tree begins with none. */
  private Branches<M> branches() {
    if (tree != core().tree()) {
      tree = core().tree();
      branches = new Branches<>(tree);
    }
    return branches;
  }

  @Override
  List<Node<M>> nodes() {
    return branches().nodes();
  }

  @Override
  List<CodecMessage<M>> collect(List<Node<M>> nodes) {
    return branches().messages(nodes);
  }

  @Override
  @Nullable RunNode<M> selectedReply(String codecMessageId) {
    return branches().selectedReply(codecMessageId);
  }

  @Override
  void shapeChanged(List<Node<M>> before) {
    branches().pin(before);
  }
}
