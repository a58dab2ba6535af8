package io.holdfast.sessions;

import io.holdfast.sessions.Node.InputNode;
import io.holdfast.sessions.Node.RunNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an agent has to answer: the branch that leads to its run, without runs that came to nothing
 * and their inputs. What was put into the run and not taken up yet comes last, and of an answer
 * that is to be given anew nothing is shown.
 */
final class PromptView<M> extends View<M> {
  private final Predicate<String> unanswered;
  private @Nullable String anchor;
  private @Nullable String regenerated;
  private String runId = "";

  /**
   * @param unanswered whether this message was put into the run and not taken up yet; asked under
   *     the session's lock
   */
  PromptView(SessionCore<?, M> core, Predicate<String> unanswered) {
    super(core);
    this.unanswered = unanswered;
    core.add(this);
  }

  /** Which run this is for; the session's lock is held. */
  void pin(@Nullable String newAnchor, String newRunId, @Nullable String newRegenerated) {
    anchor = newAnchor;
    runId = newRunId;
    regenerated = newRegenerated;
    refresh();
  }

  /** The nodes from the first to the one that is answered, and the run itself. */
  List<Node<M>> path() {
    List<Node<M>> path = new ArrayList<>();
    Set<Node<M>> seen = new LinkedHashSet<>();
    Node<M> node = core().tree().nodeOf(anchor);
    while (node != null && seen.add(node)) {
      node = core().tree().shape().parentOf(node);
    }
    path.addAll(List.copyOf(seen).reversed());
    RunNode<M> run = core().tree().run(runId);
    if (run != null && !seen.contains(run)) {
      path.add(run);
    }
    return path;
  }

  /** The input and what the run has said to it. */
  List<CodecMessage<M>> own() {
    core().lock();
    try {
      List<CodecMessage<M>> messages = new ArrayList<>();
      RunNode<M> run = core().tree().run(runId);
      String parent = run == null || run.parent() == null ? anchor : run.parent();
      if (core().tree().nodeOf(parent) instanceof InputNode<M> input) {
        messages.addAll(input.messages());
      }
      if (run != null) {
        messages.addAll(run.messages());
      }
      return messages;
    } finally {
      core().unlock();
    }
  }

  /** Everything before the run, also what came to nothing. */
  List<CodecMessage<M>> before() {
    core().lock();
    try {
      List<CodecMessage<M>> messages = new ArrayList<>();
      for (Node<M> node : path()) {
        if (!node.key().equals(runId)) {
          messages.addAll(node.messages());
        }
      }
      return messages;
    } finally {
      core().unlock();
    }
  }

  /** How many runs answer the same message and came before this one. */
  int earlierAnswers() {
    core().lock();
    try {
      RunNode<M> run = core().tree().run(runId);
      String parent = run == null ? null : run.parent();
      return parent == null ? 0 : Math.max(0, core().tree().replies(parent).indexOf(run));
    } finally {
      core().unlock();
    }
  }

  @Override
  List<Node<M>> nodes() {
    Node<M> leaf = core().tree().nodeOf(anchor);
    Set<String> dropped = new HashSet<>();
    List<Node<M>> kept = new ArrayList<>();
    for (Node<M> node : path()) {
      if (node instanceof RunNode<M> run
          && node != leaf
          && !run.key().equals(runId)
          && run.lifecycle.state().status() != RunStatus.COMPLETE) {
        String parent = run.parent();
        if (parent != null) {
          dropped.add(parent);
        }
      } else {
        kept.add(node);
      }
    }
    kept.removeIf(node -> node instanceof InputNode<M> && dropped.contains(node.key()));
    return kept;
  }

  @Override
  List<CodecMessage<M>> collect(List<Node<M>> nodes) {
    List<CodecMessage<M>> messages = new ArrayList<>();
    List<CodecMessage<M>> last = new ArrayList<>();
    for (Node<M> node : nodes) {
      for (CodecMessage<M> message : node.messages()) {
        if (message.codecMessageId().equals(regenerated)) {
          messages.addAll(last);
          return messages;
        }
        boolean waits = node.key().equals(runId) && unanswered.test(message.codecMessageId());
        (waits ? last : messages).add(message);
      }
    }
    messages.addAll(last);
    return messages;
  }

  @Override
  @Nullable RunNode<M> selectedReply(String codecMessageId) {
    List<RunNode<M>> replies = core().tree().replies(codecMessageId);
    List<Node<M>> path = path();
    for (RunNode<M> reply : replies) {
      if (path.contains(reply)) {
        return reply;
      }
    }
    return replies.isEmpty() ? null : replies.getLast();
  }

  @Override
  void shapeChanged(List<Node<M>> before) {
    // the branch of a run does not change with what others look at
  }
}
