package io.holdfast.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Executor;

/** A clock that stands, timers that go off when it is moved, and tasks that run when told to. */
final class World implements Executor, Scheduler, InstantSource {
  private record Waiting(Instant at, long order, Runnable task) {}

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Waiting> timers =
      new PriorityQueue<>(Comparator.comparing(Waiting::at).thenComparingLong(Waiting::order));
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private long orders;

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Waiting waiting = new Waiting(now.plus(delay), orders++, task);
    timers.add(waiting);
    return () -> timers.remove(waiting);
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Runs everything that is there to run; the clock stands. */
  void settle() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Moves the clock, and runs what becomes due. */
  void pass(Duration time) {
    Instant end = now.plus(time);
    settle();
    for (Waiting next = timers.peek();
        next != null && !next.at().isAfter(end);
        next = timers.peek()) {
      timers.remove(next);
      now = next.at();
      next.task().run();
      settle();
    }
    now = end;
    settle();
  }
}
