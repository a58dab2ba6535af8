package io.holdfast.sessions;

import io.holdfast.sessions.Node.InputNode;
import io.holdfast.sessions.Node.RunNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which way through the tree one view takes. What was chosen is kept by the node that was chosen,
 * at most one for each group of the tree; loading older messages does not lose it.
 */
final class Branches<M> {
  /**
   * A message that has others beside it.
   *
   * @param within of answers within a run the first one given, which is not the head of its run;
   *     else null
   * @param heads for each member the message that stands for it, in order
   * @param keys for each member its node
   */
  private record Fork<M>(
      @Nullable String within, List<CodecMessage<M>> heads, List<String> keys, int index) {}

  private final Tree<M> tree;
  private final LinkedHashSet<String> chosen = new LinkedHashSet<>();

  /**
   * Of answers within runs that were given anew, by the first one given, the run that was chosen. A
   * run may well be chosen among those that answer the same input and not for one of its answers.
   */
  private final Map<String, String> chosenWithin = new HashMap<>();

  Branches(Tree<M> tree) {
    this.tree = tree;
  }

  List<Node<M>> nodes() {
    return tree.shape().branch(chosen);
  }

  /** An edit by somebody else does not take the branch away from under who looks at it. */
  void pin(List<Node<M>> shown) {
    for (Node<M> node : shown) {
      if (node instanceof InputNode<M> && tree.node(node.key()) == node) {
        List<Node<M>> group = tree.shape().siblings(node);
        if (group.size() > 1 && group.stream().noneMatch(one -> chosen.contains(one.key()))) {
          chosen.addLast(node.key());
        }
      }
    }
  }

  /** Shows this node of its group; gives what takes that back. */
  Runnable choose(Node<M> node) {
    List<String> before = new ArrayList<>();
    for (Node<M> member : tree.shape().siblings(node)) {
      if (chosen.remove(member.key())) {
        before.add(member.key());
      }
    }
    chosen.addLast(node.key());
    return () -> {
      if (chosen.remove(node.key())) {
        chosen.addAll(before);
      }
    };
  }

  /** Shows the newest again where this answer stands, which the next one will be. */
  void chooseNewest(String codecMessageId) {
    if (tree.nodeOf(codecMessageId) instanceof RunNode<M> run) {
      if (predecessor(run, codecMessageId) == null) {
        tree.shape().siblings(run).forEach(member -> chosen.remove(member.key()));
        chosen.remove(run.key());
      } else {
        chosenWithin.remove(codecMessageId);
        nonHeadRegenerators(run, codecMessageId).forEach(member -> chosen.remove(member.key()));
      }
    }
  }

  // --- messages ---

  /**
   * What the nodes say in order; an answer within a run that was given anew gives way to the new.
   */
  List<CodecMessage<M>> messages(List<Node<M>> nodes) {
    Set<String> inserted = new HashSet<>();
    for (Node<M> node : nodes) {
      if (node instanceof RunNode<M> run) {
        for (CodecMessage<M> message : run.messages()) {
          nonHeadRegenerators(run, message.codecMessageId())
              .forEach(other -> inserted.add(other.key()));
        }
      }
    }
    List<CodecMessage<M>> messages = new ArrayList<>();
    for (Node<M> node : nodes) {
      if (!inserted.contains(node.key())) {
        collect(node, messages, new HashSet<>());
      }
    }
    return messages;
  }

  private void collect(Node<M> node, List<CodecMessage<M>> into, Set<String> seen) {
    if (!seen.add(node.key())) {
      return;
    }
    for (CodecMessage<M> message : node.messages()) {
      if (node instanceof RunNode<M> run) {
        List<RunNode<M>> others = nonHeadRegenerators(run, message.codecMessageId());
        RunNode<M> shown = others.isEmpty() ? run : selected(run, others, message.codecMessageId());
        if (shown != run) {
          collect(shown, into, seen);
          return;
        }
      }
      into.add(message);
    }
  }

  /** The runs that give this answer anew, which is not the first of its run. */
  private List<RunNode<M>> nonHeadRegenerators(RunNode<M> owner, String target) {
    String predecessor = predecessor(owner, target);
    if (predecessor == null) {
      return List.of();
    }
    List<RunNode<M>> others = new ArrayList<>();
    for (RunNode<M> reply : tree.replies(predecessor)) {
      if (target.equals(reply.regenerates())) {
        others.add(reply);
      }
    }
    return others;
  }

  private static <M> @Nullable String predecessor(RunNode<M> run, String codecMessageId) {
    String before = null;
    for (CodecMessage<M> message : run.messages()) {
      if (message.codecMessageId().equals(codecMessageId)) {
        return before;
      }
      before = message.codecMessageId();
    }
    return null;
  }

  private RunNode<M> selected(RunNode<M> owner, List<RunNode<M>> others, String target) {
    String key = chosenWithin.get(target);
    if (owner.key().equals(key)) {
      return owner;
    }
    for (RunNode<M> other : others) {
      if (other.key().equals(key)) {
        return other;
      }
    }
    return others.getLast();
  }

  /** The run that answers this message here; of several the chosen one, else the newest. */
  @Nullable RunNode<M> selectedReply(String codecMessageId) {
    List<RunNode<M>> replies = new ArrayList<>(tree.replies(codecMessageId));
    replies.sort(
        Comparator.comparing(
            RunNode::firstSerial, Comparator.nullsLast(Comparator.naturalOrder())));
    for (String key : chosen.reversed()) {
      for (RunNode<M> reply : replies) {
        if (reply.key().equals(key)) {
          return reply;
        }
      }
    }
    return replies.isEmpty() ? null : replies.getLast();
  }

  // --- what stands beside a message ---

  BranchSelection<M> selection(String codecMessageId) {
    Fork<M> fork = fork(codecMessageId);
    if (fork != null && !fork.heads().isEmpty()) {
      return new BranchSelection<>(fork.heads(), fork.index());
    }
    Node<M> node = tree.nodeOf(codecMessageId);
    List<CodecMessage<M>> alone =
        node == null
            ? List.of()
            : node.messages().stream()
                .filter(message -> message.codecMessageId().equals(codecMessageId))
                .toList();
    return new BranchSelection<>(alone, 0);
  }

  /** Shows the sibling at this index of the message; whether it has any. */
  boolean select(String codecMessageId, int index) {
    Fork<M> fork = fork(codecMessageId);
    if (fork == null || fork.keys().isEmpty()) {
      return false;
    }
    List<String> keys = fork.keys();
    String key = keys.get(Math.clamp(index, 0, keys.size() - 1));
    String within = fork.within();
    if (within != null) {
      chosenWithin.put(within, key);
      // what follows an answer given anew is shown where its run is, which has its own siblings
      keys = keys.subList(1, keys.size());
    }
    keys.forEach(chosen::remove);
    if (keys.contains(key)) {
      chosen.addLast(key);
    }
    return true;
  }

  private @Nullable Fork<M> fork(String codecMessageId) {
    Node<M> node = tree.nodeOf(codecMessageId);
    return switch (node) {
      case null -> null;
      case InputNode<M> input -> ofGroup(input);
      case RunNode<M> run -> {
        String head = run.messages().isEmpty() ? null : run.messages().getFirst().codecMessageId();
        boolean isHead = codecMessageId.equals(head);
        if (isHead
            && run.regenerates() != null
            && tree.nodeOf(run.regenerates()) instanceof RunNode<M> owner
            && predecessor(owner, run.regenerates()) != null) {
          yield ofNonHead(owner, run.regenerates());
        }
        yield isHead ? ofGroup(run) : ofNonHead(run, codecMessageId);
      }
    };
  }

  private @Nullable Fork<M> ofGroup(Node<M> node) {
    List<Node<M>> group = tree.shape().siblings(node);
    if (group.size() <= 1) {
      return null;
    }
    List<CodecMessage<M>> heads = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    for (Node<M> member : group) {
      if (!member.messages().isEmpty()) {
        heads.add(member.messages().getFirst());
        keys.add(member.key());
      }
    }
    int index = keys.indexOf(tree.shape().selected(group, chosen).key());
    return new Fork<>(null, heads, keys, index < 0 ? keys.size() - 1 : index);
  }

  private @Nullable Fork<M> ofNonHead(RunNode<M> owner, String target) {
    List<RunNode<M>> others = nonHeadRegenerators(owner, target);
    if (others.isEmpty()) {
      return null;
    }
    List<CodecMessage<M>> heads = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    for (CodecMessage<M> message : owner.messages()) {
      if (message.codecMessageId().equals(target)) {
        heads.add(message);
        keys.add(owner.key());
      }
    }
    for (RunNode<M> other : others) {
      if (!other.messages().isEmpty()) {
        heads.add(other.messages().getFirst());
        keys.add(other.key());
      }
    }
    int index = keys.indexOf(selected(owner, others, target).key());
    return new Fork<>(target, heads, keys, index < 0 ? keys.size() - 1 : index);
  }
}
