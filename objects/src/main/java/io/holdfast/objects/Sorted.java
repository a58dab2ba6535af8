package io.holdfast.objects;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map in the order of its keys: a change copies the way to what it changes and shares
 * the rest, so that every version of a large map can be kept. A tree balanced by the sizes of its
 * branches, since clients choose the keys and could choose some that no hash spreads.
 */
public final class Sorted<V> {
  private static final Sorted<?> EMPTY = new Sorted<>(null);

  /** How many times heavier one branch may be; with the next one, known to keep trees balanced. */
  private static final int LOPSIDED = 3;

  /** From how many times heavier its inner branch is, a branch is turned twice. */
  private static final int INNER = 2;

  private final @Nullable Node<V> root;

  private Sorted(@Nullable Node<V> root) {
    this.root = root;
  }

  private record Node<V>(
      String key, V value, int size, @Nullable Node<V> left, @Nullable Node<V> right) {

    static <V> Node<V> of(String key, V value, @Nullable Node<V> left, @Nullable Node<V> right) {
      return new Node<>(key, value, 1 + sizeOf(left) + sizeOf(right), left, right);
    }

    /** The same above other branches, one of which is larger or smaller by one entry. */
    Node<V> above(@Nullable Node<V> newLeft, @Nullable Node<V> newRight) {
      int leftWeight = 1 + sizeOf(newLeft);
      int rightWeight = 1 + sizeOf(newRight);
      if (newRight != null && rightWeight > LOPSIDED * leftWeight) {
        Node<V> inner = newRight.left;
        return inner == null || 1 + inner.size < INNER * (1 + sizeOf(newRight.right))
            ? of(newRight.key, newRight.value, of(key, value, newLeft, inner), newRight.right)
            : of(
                inner.key,
                inner.value,
                of(key, value, newLeft, inner.left),
                of(newRight.key, newRight.value, inner.right, newRight.right));
      }
      if (newLeft != null && leftWeight > LOPSIDED * rightWeight) {
        Node<V> inner = newLeft.right;
        return inner == null || 1 + inner.size < INNER * (1 + sizeOf(newLeft.left))
            ? of(newLeft.key, newLeft.value, newLeft.left, of(key, value, inner, newRight))
            : of(
                inner.key,
                inner.value,
                of(newLeft.key, newLeft.value, newLeft.left, inner.left),
                of(key, value, inner.right, newRight));
      }
      return of(key, value, newLeft, newRight);
    }
  }

  @SuppressWarnings("unchecked") // holds nothing
  public static <V> Sorted<V> empty() {
    return (Sorted<V>) EMPTY;
  }

  private static int sizeOf(@Nullable Node<?> node) {
    return node == null ? 0 : node.size;
  }

  public int size() {
    return sizeOf(root);
  }

  /** How far the farthest entry is from the root. */
  int depth() {
    return depth(root);
  }

  private static int depth(@Nullable Node<?> node) {
    return node == null ? 0 : 1 + Math.max(depth(node.left), depth(node.right));
  }

  public boolean isEmpty() {
    return root == null;
  }

  public @Nullable V get(String key) {
    Node<V> node = root;
    while (node != null) {
      int order = key.compareTo(node.key);
      if (order == 0) {
        return node.value;
      }
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }

  public Sorted<V> put(String key, V value) {
    return new Sorted<>(put(root, key, value));
  }

  private static <V> Node<V> put(@Nullable Node<V> node, String key, V value) {
    if (node == null) {
      return Node.of(key, value, null, null);
    }
    int order = key.compareTo(node.key);
    if (order == 0) {
      return Node.of(key, value, node.left, node.right);
    }
    return order < 0
        ? node.above(put(node.left, key, value), node.right)
        : node.above(node.left, put(node.right, key, value));
  }

  public Sorted<V> remove(String key) {
    return get(key) == null ? this : new Sorted<>(remove(root, key));
  }

  private static <V> @Nullable Node<V> remove(@Nullable Node<V> node, String key) {
    if (node == null) {
      return null;
    }
    int order = key.compareTo(node.key);
    if (order == 0) {
      return merged(node.left, node.right);
    }
    return order < 0
        ? node.above(remove(node.left, key), node.right)
        : node.above(node.left, remove(node.right, key));
  }

  private static <V> @Nullable Node<V> merged(@Nullable Node<V> left, @Nullable Node<V> right) {
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    if (left.size > right.size) {
      Node<V> last = left;
      while (last.right != null) {
        last = last.right;
      }
      return last.above(remove(left, last.key), right);
    }
    Node<V> first = right;
    while (first.left != null) {
      first = first.left;
    }
    return first.above(left, remove(right, first.key));
  }

  /** Each entry, in the order of the keys. */
  public void forEach(BiConsumer<String, V> action) {
    forEach(root, action);
  }

  private static <V> void forEach(@Nullable Node<V> node, BiConsumer<String, V> action) {
    if (node != null) {
      forEach(node.left, action);
      action.accept(node.key, node.value);
      forEach(node.right, action);
    }
  }

  /** Sees entries until it has had enough. */
  public interface Visitor<V> {
    /** Tells whether to go on. */
    boolean visit(String key, V value);
  }

  /**
   * Entries in the order of their keys, until the visitor has had enough.
   *
   * @param key begin behind it; null for all
   * @return whether every entry was seen
   */
  public boolean forEachAfter(@Nullable String key, Visitor<V> visitor) {
    return forEachAfter(root, key, visitor);
  }

  private static <V> boolean forEachAfter(
      @Nullable Node<V> node, @Nullable String key, Visitor<V> visitor) {
    if (node == null) {
      return true;
    }
    if (key != null && node.key.compareTo(key) <= 0) {
      return forEachAfter(node.right, key, visitor);
    }
    return forEachAfter(node.left, key, visitor)
        && visitor.visit(node.key, node.value)
        && forEachAfter(node.right, null, visitor);
  }

  /** Hears what became of a key: null stands for no entry. */
  public interface Change<V> {
    void changed(String key, @Nullable V before, @Nullable V after);
  }

  /**
   * What is different from an earlier version, in the order of the keys. What the two share is
   * skipped, so that this takes as long as there are changes, not entries. A value counts as
   * changed when it is another object.
   */
  @SuppressWarnings("ReferenceEquality") // what is shared is the same object
  public void changesSince(Sorted<V> earlier, Change<V> change) {
    Walk<V> before = new Walk<>(earlier.root);
    Walk<V> after = new Walk<>(root);
    while (true) {
      Branch<V> a = before.branches.peek();
      Branch<V> b = after.branches.peek();
      if (a == null && b == null) {
        return;
      }
      if (a != null && b != null && a.whole && b.whole && a.node == b.node) {
        before.branches.pop();
        after.branches.pop();
      } else if (a != null && a.whole && (b == null || !b.whole || a.node.size >= b.node.size)) {
        before.open(a.node);
      } else if (b != null && b.whole) {
        after.open(b.node);
      } else {
        int order = a == null ? 1 : b == null ? -1 : a.node.key.compareTo(b.node.key);
        Node<V> left = a == null || order > 0 ? null : before.branches.pop().node;
        Node<V> right = b == null || order < 0 ? null : after.branches.pop().node;
        tell(left, right, change);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality")
  private static <V> void tell(
      @Nullable Node<V> before, @Nullable Node<V> after, Change<V> change) {
    V was = before == null ? null : before.value;
    V is = after == null ? null : after.value;
    Node<V> named = before == null ? after : before;
    if (was != is && named != null) {
      change.changed(named.key, was, is);
    }
  }

  /**
   * What of a tree is still to be seen, in order.
   *
   * @param whole whether all of the branch is, or only the node
   */
  private record Branch<V>(Node<V> node, boolean whole) {}

  private static final class Walk<V> {
    final Deque<Branch<V>> branches = new ArrayDeque<>();

    Walk(@Nullable Node<V> root) {
      push(root);
    }

    private void push(@Nullable Node<V> node) {
      if (node != null) {
        branches.push(new Branch<>(node, true));
      }
    }

    /** Puts the parts of the topmost branch in its place. */
    void open(Node<V> node) {
      branches.pop();
      push(node.right);
      branches.push(new Branch<>(node, false));
      push(node.left);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Sorted<?> that && size() == that.size() && that.holdsAll(root);
  }

  /** Whether the same entries are here: the shape tells in which order they came. */
  private boolean holdsAll(@Nullable Node<?> node) {
    return node == null
        || (Objects.equals(get(node.key), node.value)
            && holdsAll(node.left)
            && holdsAll(node.right));
  }

  @Override
  public int hashCode() {
    return size();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    forEach((key, value) -> text.append(key).append('=').append(value).append(' '));
    return text.append('}').toString();
  }
}
