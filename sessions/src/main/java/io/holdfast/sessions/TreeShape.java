package io.holdfast.sessions;

import io.holdfast.sessions.Node.InputNode;
import io.holdfast.sessions.Node.RunNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedCollection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the nodes of a tree stand to each other: their order, who follows whom, and who stands beside
 * whom. Worked out anew when somebody asks after a change.
 */
final class TreeShape<M> {
  private final Tree<M> tree;
  private boolean stale = true;
  private long version;
  private List<Node<M>> sorted = List.of();
  private final Map<@Nullable String, List<Node<M>>> byParent = new HashMap<>();
  private final Set<String> superseded = new HashSet<>();
  private final Map<String, List<Node<M>>> siblings = new HashMap<>();

  TreeShape(Tree<M> tree) {
    this.tree = tree;
  }

  /** Who follows whom may be different. */
  void changed() {
    stale = true;
    version++;
  }

  long version() {
    return version;
  }

  private void refresh() {
    if (!stale) {
      return;
    }
    stale = false;
    byParent.clear();
    superseded.clear();
    siblings.clear();
    List<Node<M>> all = new ArrayList<>(tree.nodes());
    all.sort(
        Comparator.<Node<M>, String>comparing(
                Node::firstSerial, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparingLong(Node::arrival));
    sorted = all;
    for (Node<M> node : all) {
      byParent.computeIfAbsent(node.parent(), parent -> new ArrayList<>()).add(node);
      if (node instanceof RunNode<M> run && run.supersedes() != null) {
        superseded.add(run.supersedes());
      }
    }
  }

  /** All nodes in the order of the channel; those not confirmed last, in the order they came. */
  List<Node<M>> sorted() {
    refresh();
    return sorted;
  }

  /** Whether another run stands in for this one. */
  boolean superseded(String runId) {
    refresh();
    return superseded.contains(runId);
  }

  List<Node<M>> children(@Nullable String codecMessageId) {
    refresh();
    return byParent.getOrDefault(codecMessageId, List.of());
  }

  /**
   * The node that a node follows, or null. What a run's own output says of its place may point into
   * the run itself, where somebody's answer let it go on; that is no place.
   */
  @Nullable Node<M> parentOf(Node<M> node) {
    Node<M> parent = tree.nodeOf(node.parent());
    return parent == node ? null : parent;
  }

  /** Edits of one input, or the runs that answer the same one, in order; the node among them. */
  List<Node<M>> siblings(Node<M> node) {
    refresh();
    List<Node<M>> known = siblings.get(node.key());
    if (known != null) {
      return known;
    }
    List<Node<M>> group = new ArrayList<>();
    switch (node) {
      case InputNode<M> input -> {
        InputNode<M> root = root(input);
        for (Node<M> child : children(root.parent())) {
          if (child instanceof InputNode<M> other && root(other) == root) {
            group.add(other);
          }
        }
      }
      case RunNode<M> run -> {
        // where a run belongs is known from its start, or from the message it follows
        if (run.placed() || parentOf(run) != null) {
          for (Node<M> child : children(run.parent())) {
            if (child instanceof RunNode<M> other
                && !superseded.contains(other.key())
                && (other.placed() || parentOf(other) != null)) {
              group.add(other);
            }
          }
        } else {
          group.add(run);
        }
      }
    }
    group.forEach(member -> siblings.put(member.key(), group));
    siblings.putIfAbsent(node.key(), group);
    return group;
  }

  /** The input that all edits go back to. */
  private InputNode<M> root(InputNode<M> input) {
    InputNode<M> current = input;
    Set<String> seen = new HashSet<>();
    while (current.forkOf() != null && seen.add(current.key())) {
      if (tree.node(current.forkOf()) instanceof InputNode<M> target
          && Objects.equals(target.parent(), current.parent())) {
        current = target;
      } else {
        break;
      }
    }
    return current;
  }

  /**
   * The nodes of one branch in order.
   *
   * @param chosen nodes that somebody chose, the latest last; of a group without any the newest
   *     member is shown
   */
  List<Node<M>> branch(SequencedCollection<String> chosen) {
    refresh();
    List<Node<M>> branch = new ArrayList<>();
    Set<String> path = new HashSet<>();
    for (Node<M> node : sorted) {
      Node<M> parent = parentOf(node);
      if (superseded.contains(node.key()) || (parent != null && !path.contains(parent.key()))) {
        continue;
      }
      List<Node<M>> group = siblings(node);
      if (group.size() <= 1 || selected(group, chosen) == node) {
        path.add(node.key());
        branch.add(node);
      }
    }
    return branch;
  }

  /** The member of a group that is shown. */
  Node<M> selected(List<Node<M>> group, SequencedCollection<String> chosen) {
    for (String key : chosen.reversed()) {
      for (Node<M> member : group) {
        if (member.key().equals(key)) {
          return member;
        }
      }
    }
    return group.getLast();
  }
}
