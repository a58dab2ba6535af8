package io.holdfast.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where the memory twins of {@link Signals} meet. Every delivery is one task of the executor, which
 * may run it at once or whenever it likes: what goes from one to another keeps its order.
 */
public final class MemoryHub {
  /** What may be under way from one to another; more is dropped. */
  private static final int WAITING_MAX = 1 << 16;

  /** Runs something later, in whatever time there is. */
  public interface Later {
    void after(long ms, Runnable task);
  }

  /** Something on its way: a message, a question or an answer. */
  public record Passing(String from, String to, String topic) {}

  private final Executor executor;
  private final Later later;

  // Guarded by this, as are the endpoints' own maps.
  private final Set<MemorySignals> members = new LinkedHashSet<>();
  private Predicate<Passing> dropped = passing -> false;
  private boolean held;

  public MemoryHub(Executor executor, Later later) {
    this.executor = executor;
    this.later = later;
  }

  /** Another one that sends and hears. Names are for the fault switches, and may come again. */
  public MemorySignals join(String name) {
    return join(name, executor);
  }

  /** Another one, whose deliveries are tasks of an executor of its own. */
  public MemorySignals join(String name, Executor own) {
    MemorySignals endpoint = new MemorySignals(this, name, own);
    synchronized (this) {
      members.add(endpoint);
    }
    return endpoint;
  }

  // Fault switches.

  /** Loses what this holds for, from now on. It is asked under a lock and only decides. */
  public synchronized void drop(Predicate<Passing> which) {
    dropped = which;
  }

  /** Delays everything until released. */
  public void hold(boolean hold) {
    List<Runnable> released = new ArrayList<>();
    synchronized (this) {
      held = hold;
      if (!hold) {
        for (MemorySignals to : members) {
          to.arriving.forEach(
              (from, waiting) ->
                  waiting.forEach(_ -> released.add(() -> to.run(() -> deliver(from, to)))));
        }
      }
    }
    released.forEach(Runnable::run);
  }

  synchronized List<MemorySignals> members() {
    return List.copyOf(members);
  }

  synchronized void leave(MemorySignals endpoint) {
    members.remove(endpoint);
    endpoint.arriving.clear();
  }

  void after(long ms, Runnable task) {
    later.after(ms, task);
  }

  void pass(MemorySignals from, MemorySignals to, String topic, Runnable delivery) {
    synchronized (this) {
      if (from.isCut()
          || to.isCut()
          || !members.contains(to)
          || dropped.test(new Passing(from.name(), to.name(), topic))) {
        return;
      }
      Queue<Runnable> waiting = to.arriving.computeIfAbsent(from, _ -> new ArrayDeque<>());
      if (waiting.size() >= WAITING_MAX) {
        return;
      }
      waiting.add(delivery);
      if (held) {
        return;
      }
    }
    to.run(() -> deliver(from, to));
  }

  /** The next of what is under way between the two, whichever task has come. */
  private void deliver(MemorySignals from, MemorySignals to) {
    Runnable next = next(from, to);
    if (next != null) {
      next.run();
    }
  }

  private synchronized @Nullable Runnable next(MemorySignals from, MemorySignals to) {
    Queue<Runnable> waiting = to.arriving.get(from);
    if (held || waiting == null) {
      return null;
    }
    Runnable next = waiting.poll();
    if (waiting.isEmpty()) {
      to.arriving.remove(from);
    }
    return next;
  }
}
