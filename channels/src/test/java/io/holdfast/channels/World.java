package io.holdfast.channels;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/** Time and threads that only move when a test says so: tasks run in the order they were given. */
public final class World implements Timers {
  private static final int RUNAWAY = 200_000;

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Waiting> timers =
      new PriorityQueue<>(Comparator.comparingLong(Waiting::due).thenComparingLong(Waiting::order));
  private long now = 1_700_000_000_000L;
  private long order;

  /** Runs whenever a timer is set. */
  Runnable onTimer = () -> {};

  private record Waiting(long due, long order, Runnable task) {}

  @Override
  public long now() {
    return now;
  }

  @Override
  public Timer after(long ms, Runnable task) {
    Waiting waiting = new Waiting(now + ms, order++, task);
    timers.add(waiting);
    onTimer.run();
    return () -> timers.remove(waiting);
  }

  /** A thread of its own, as far as anyone can tell. */
  public Executor thread() {
    return new Executor() {
      @Override
      public void execute(Runnable task) {
        tasks.add(task);
      }
    };
  }

  /** Runs one task; false if there is none. */
  public boolean step() {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  /** Runs everything that can run now. */
  public void run() {
    int steps = 0;
    while (step()) {
      if (++steps > RUNAWAY) {
        throw new AssertionError("it never comes to rest");
      }
    }
  }

  /** Lets time pass, timers and all that follows included. */
  public void pass(long ms) {
    long until = now + ms;
    run();
    for (Waiting next = timers.peek(); next != null && next.due() <= until; next = timers.peek()) {
      timers.poll();
      now = Math.max(now, next.due());
      next.task().run();
      run();
    }
    now = until;
  }

  /** The process is gone: what has not run never will. */
  public void die() {
    tasks.clear();
    timers.clear();
  }
}
