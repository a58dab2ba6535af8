package io.holdfast.fold;

import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map in the order of its keys: a change copies the way to what it changes and shares
 * the rest, so that every version of a large tally can be kept. A treap whose shape follows from
 * its keys alone.
 */
final class Sorted<V> {
  private static final Sorted<?> EMPTY = new Sorted<>(null);

  private final @Nullable Node<V> root;

  private Sorted(@Nullable Node<V> root) {
    this.root = root;
  }

  private record Node<V>(
      String key, V value, int rank, int size, @Nullable Node<V> left, @Nullable Node<V> right) {

    Node<V> with(@Nullable Node<V> newLeft, @Nullable Node<V> newRight) {
      return make(key, value, newLeft, newRight);
    }
  }

  private static <V> Node<V> make(
      String key, V value, @Nullable Node<V> left, @Nullable Node<V> right) {
    // spread, since hashes of like keys are alike
    int rank = key.hashCode() * 0x9E3779B9;
    return new Node<>(key, value, rank ^ (rank >>> 15), 1 + size(left) + size(right), left, right);
  }

  @SuppressWarnings("unchecked") // holds nothing
  static <V> Sorted<V> empty() {
    return (Sorted<V>) EMPTY;
  }

  private static int size(@Nullable Node<?> node) {
    return node == null ? 0 : node.size;
  }

  int size() {
    return size(root);
  }

  /** How far the farthest entry is from the root. */
  int depth() {
    return depth(root);
  }

  private static int depth(@Nullable Node<?> node) {
    return node == null ? 0 : 1 + Math.max(depth(node.left), depth(node.right));
  }

  boolean isEmpty() {
    return root == null;
  }

  @Nullable V get(String key) {
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

  Sorted<V> put(String key, V value) {
    return new Sorted<>(put(root, key, value));
  }

  private static <V> Node<V> put(@Nullable Node<V> node, String key, V value) {
    if (node == null) {
      return make(key, value, null, null);
    }
    int order = key.compareTo(node.key);
    if (order == 0) {
      return make(key, value, node.left, node.right);
    }
    if (order < 0) {
      Node<V> left = put(node.left, key, value);
      return above(left, node)
          ? left.with(left.left, node.with(left.right, node.right))
          : node.with(left, node.right);
    }
    Node<V> right = put(node.right, key, value);
    return above(right, node)
        ? right.with(node.with(node.left, right.left), right.right)
        : node.with(node.left, right);
  }

  /** Equal ranks fall back on the keys, so that the shape is the same whatever the order. */
  private static boolean above(Node<?> one, Node<?> other) {
    return one.rank == other.rank ? one.key.compareTo(other.key) < 0 : one.rank > other.rank;
  }

  Sorted<V> remove(String key) {
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
        ? node.with(remove(node.left, key), node.right)
        : node.with(node.left, remove(node.right, key));
  }

  private static <V> @Nullable Node<V> merged(@Nullable Node<V> left, @Nullable Node<V> right) {
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    return above(left, right)
        ? left.with(left.left, merged(left.right, right))
        : right.with(merged(left, right.left), right.right);
  }

  /** Each entry, in the order of the keys. */
  void forEach(BiConsumer<String, V> action) {
    forEach(root, action);
  }

  private static <V> void forEach(@Nullable Node<V> node, BiConsumer<String, V> action) {
    if (node != null) {
      forEach(node.left, action);
      action.accept(node.key, node.value);
      forEach(node.right, action);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Sorted<?> that && Objects.equals(root, that.root);
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
