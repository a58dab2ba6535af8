package io.holdfast.sessions;

import io.holdfast.sessions.Node.InputNode;
import io.holdfast.sessions.Node.RunNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One way through a conversation, as a list of messages. It shows what is known and grows as
 * messages come; older ones are loaded when somebody asks.
 *
 * <p>May be used by any thread. Lists that are returned do not change afterwards.
 *
 * @param <M> the codec's form of a message
 */
public abstract sealed class View<M> implements AutoCloseable permits ClientView, PromptView {
  private final SessionCore<?, M> core;
  private final Listeners.Changes changes;
  private List<Node<M>> shown = List.of();
  private volatile boolean closed;

  /** The oldest message that is shown; null when everything known is, or see below. */
  private @Nullable String oldestShown;

  /** The newest message that is not shown, where nothing newer was known; else null. */
  private @Nullable String newestHidden;

  private @Nullable Snapshot<M> snapshot;

  /** What the view was at one version of the tree and its own choices. */
  private record Snapshot<M>(Tree<M> tree, long version, List<CodecMessage<M>> messages) {}

  View(SessionCore<?, M> core) {
    this.core = core;
    changes = new Listeners.Changes(core.dispatcher());
  }

  // --- what there is to see ---

  /** What is shown, the oldest first. */
  public List<CodecMessage<M>> messages() {
    core.lock();
    try {
      return current();
    } finally {
      core.unlock();
    }
  }

  /** The runs on this branch, in the order of the channel. */
  public List<RunInfo> runs() {
    core.lock();
    try {
      List<RunInfo> runs = new ArrayList<>();
      for (Node<M> node : nodes()) {
        if (node instanceof RunNode<M> run) {
          runs.add(run.info());
        }
      }
      return runs;
    } finally {
      core.unlock();
    }
  }

  /** The run of this id, on this branch or another; null when it is not known. */
  public @Nullable RunInfo run(String runId) {
    core.lock();
    try {
      RunNode<M> run = core.tree().run(runId);
      return run == null ? null : run.info();
    } finally {
      core.unlock();
    }
  }

  /** The run that the message is of, or that answers it here; null when there is none. */
  public @Nullable RunInfo runOf(String codecMessageId) {
    core.lock();
    try {
      RunNode<M> run =
          switch (core.tree().nodeOf(codecMessageId)) {
            case null -> null;
            case RunNode<M> own -> own;
            case InputNode<M> input -> selectedReply(input.key());
          };
      return run == null ? null : run.info();
    } finally {
      core.unlock();
    }
  }

  // --- older messages ---

  /** Whether there may be older messages than those shown. */
  public boolean hasOlder() {
    core.lock();
    try {
      return !closed && (hidden(all()) > 0 || core.hydrator().hasNext());
    } finally {
      core.unlock();
    }
  }

  /**
   * Shows up to this many older messages, loading them if need be; blocks.
   *
   * @return those that are shown now and were not before, the oldest first
   * @throws SessionException with code 104011 when history could not be read
   */
  public List<CodecMessage<M>> loadOlder(int limit) throws InterruptedException {
    if (limit < 1) {
      throw SessionError.INVALID_ARGUMENT.because(limit + " older messages cannot be loaded");
    }
    List<CodecMessage<M>> before = messages();
    String first = before.isEmpty() ? null : before.getFirst().codecMessageId();
    while (true) {
      core.lock();
      try {
        List<CodecMessage<M>> all = all();
        int end = first == null ? all.size() : Math.max(0, indexOf(all, first));
        if (closed) {
          return List.of();
        }
        if (end >= limit || !core.hydrator().hasNext()) {
          int start = Math.max(0, end - limit);
          showFrom(all, start);
          refresh();
          return List.copyOf(all.subList(start, end));
        }
        // what comes meanwhile stays hidden until the limit says how much of it is shown
        oldestShown = first == null ? oldestShown : first;
      } finally {
        core.unlock();
      }
      loadPage();
    }
  }

  /**
   * Loads older messages until one satisfies this; blocks. That message and what is older is then
   * not shown: it is where another store of the application's goes on. Where it is the newest there
   * is, nothing is shown until more comes.
   *
   * @return what is shown then: all that is newer than the message, or everything when there was
   *     none
   */
  public List<CodecMessage<M>> loadUntil(Predicate<CodecMessage<M>> found)
      throws InterruptedException {
    while (true) {
      core.lock();
      try {
        List<CodecMessage<M>> all = all();
        for (int i = all.size() - 1; i >= 0; i--) {
          if (found.test(all.get(i))) {
            showFrom(all, i + 1);
            refresh();
            return current();
          }
        }
        if (closed || !core.hydrator().hasNext()) {
          showFrom(all, 0);
          refresh();
          return current();
        }
      } finally {
        core.unlock();
      }
      loadPage();
    }
  }

  /** Loads and shows everything there is; blocks. */
  public List<CodecMessage<M>> loadAll() throws InterruptedException {
    return loadUntil(message -> false);
  }

  private void loadPage() throws InterruptedException {
    core.loadPage(applied -> {}, () -> false);
  }

  // --- being told ---

  /**
   * Has this called soon after what is shown has changed: once for any number of changes, never two
   * calls at a time, never on the thread that delivers messages.
   */
  public Subscription onUpdate(Runnable listener) {
    return changes.add(listener);
  }

  /**
   * Waits until the view satisfies this; it is asked again whenever something has changed, while
   * nothing else of the session can change, so it must not wait for anything itself.
   *
   * @return whether it does; false when the time was up or the session was closed
   */
  public boolean await(Predicate<View<M>> satisfied, Duration timeout) throws InterruptedException {
    return core.await(() -> satisfied.test(this), timeout);
  }

  /** Ends the view: nobody is told any more, and the session holds nothing for it. */
  @Override
  public void close() {
    core.lock();
    try {
      closed = true;
      snapshot = null;
      shown = List.of();
    } finally {
      core.unlock();
    }
    changes.clear();
    core.remove(this);
  }

  // --- under the session's lock ---

  abstract List<Node<M>> nodes();

  abstract List<CodecMessage<M>> collect(List<Node<M>> nodes);

  abstract @Nullable RunNode<M> selectedReply(String codecMessageId);

  /** Who stands beside whom is different; these nodes were shown until now. */
  abstract void shapeChanged(List<Node<M>> before);

  SessionCore<?, M> core() {
    return core;
  }

  boolean closed() {
    return closed;
  }

  void shapeChanged() {
    shapeChanged(shown);
    shown = nodes();
  }

  /** The view's own choices changed. */
  void refresh() {
    snapshot = null;
    shown = nodes();
    tell();
    core.signal();
  }

  void tell() {
    changes.tell();
  }

  private List<CodecMessage<M>> all() {
    return collect(nodes());
  }

  private void showFrom(List<CodecMessage<M>> all, int start) {
    boolean any = start < all.size();
    oldestShown = start > 0 && any ? all.get(start).codecMessageId() : null;
    newestHidden = start > 0 && !any ? all.getLast().codecMessageId() : null;
  }

  private int hidden(List<CodecMessage<M>> all) {
    // a message that is on another branch now hides nothing
    if (oldestShown != null) {
      return Math.max(0, indexOf(all, oldestShown));
    }
    return newestHidden == null ? 0 : indexOf(all, newestHidden) + 1;
  }

  private static <M> int indexOf(List<CodecMessage<M>> messages, String codecMessageId) {
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i).codecMessageId().equals(codecMessageId)) {
        return i;
      }
    }
    return -1;
  }

  private List<CodecMessage<M>> current() {
    Snapshot<M> known = snapshot;
    Tree<M> tree = core.tree();
    if (known == null || known.version() != tree.version() || known.tree() != tree) {
      List<CodecMessage<M>> all = all();
      known =
          new Snapshot<>(tree, tree.version(), List.copyOf(all.subList(hidden(all), all.size())));
      snapshot = known;
    }
    return known.messages();
  }
}
