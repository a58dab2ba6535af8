package io.holdfast.nodes;

import io.holdfast.journal.MemoryHub;
import io.holdfast.journal.MemorySignals;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/** Nodes on one hub, and time in the test's hands. */
final class World implements NodeTimers {
  static final EntryForms FORMS = new EntryForms(4, 4);

  private record Task(long due, long number, Runnable run) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));
  private final Map<String, MemorySignals> signals = new HashMap<>();
  final MemoryHub hub = new MemoryHub(task -> after(0, task), this::after);
  private long now = 1_000_000;
  private long numbers;

  @Override
  public long now() {
    return now;
  }

  @Override
  public void after(long ms, Runnable task) {
    tasks.add(new Task(now + ms, numbers++, task));
  }

  /** Lets time pass, and everything happen that is due. */
  void pass(long ms) {
    long until = now + ms;
    for (Task next = tasks.peek(); next != null && next.due <= until; next = tasks.peek()) {
      tasks.remove();
      now = Math.max(now, next.due);
      next.run.run();
    }
    now = until;
  }

  /** Time passes that nobody is awake in; or the clock is set. */
  void sleep(long ms) {
    now += ms;
  }

  /** Starts a run and lets its signals arrive. */
  Nodes start(String boot) {
    return start(boot, FORMS);
  }

  Nodes start(String boot, EntryForms forms) {
    Nodes nodes = begin(boot, forms);
    pass(0);
    return nodes;
  }

  Nodes begin(String boot, EntryForms forms) {
    return new Nodes(signals.computeIfAbsent(boot, hub::join), boot, this, forms);
  }

  MemorySignals of(Nodes nodes) {
    MemorySignals of = signals.get(nodes.boot());
    if (of == null) {
      throw new IllegalArgumentException(nodes.boot());
    }
    return of;
  }

  /** As kill -9. */
  void kill(Nodes nodes) {
    of(nodes).crash();
  }
}
