package io.holdfast.simulator;

import io.holdfast.channels.Timers;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/** A clock that stands still until it is moved, and what waits for it. */
final class VirtualTime {
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(
          Comparator.comparingLong((Waiting w) -> w.due).thenComparingLong(w -> w.number));
  private final TaskQueue due;
  private long now = 1_700_000_000_000L;
  private long number;

  VirtualTime(TaskQueue due) {
    this.due = due;
  }

  private static final class Waiting implements Timers.Timer {
    private final long due;
    private final long number;
    private final Executor by;
    private final Runnable task;
    private boolean cancelled;

    Waiting(long due, long number, Executor by, Runnable task) {
      this.due = due;
      this.number = number;
      this.by = by;
      this.task = task;
    }

    void run() {
      if (!cancelled) {
        task.run();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  long now() {
    return now;
  }

  Timers.Timer after(long ms, Runnable task) {
    return after(ms, Runnable::run, task);
  }

  private Timers.Timer after(long ms, Executor by, Runnable task) {
    Waiting timer = new Waiting(now + Math.max(0, ms), number++, by, task);
    waiting.add(timer);
    return timer;
  }

  /** How long until something is due, at the most {@code limit}. */
  long untilNext(long limit) {
    Waiting next = waiting.peek();
    return next == null ? limit : Math.clamp(next.due - now, 0, limit);
  }

  /** Runs what has come due. */
  void runDue() {
    due.runDry();
  }

  /** Moves on; what comes due waits in the queue of timers. */
  void advance(long ms) {
    now += ms;
    while (!waiting.isEmpty() && waiting.element().due <= now) {
      Waiting next = waiting.remove();
      due.execute(() -> next.by.execute(next::run));
    }
  }

  /** The time of one run of the node, which ends with it. */
  final class OfBoot implements Timers {
    private final Executor process;
    private boolean over;

    /**
     * A run's time.
     *
     * @param process runs what is due
     */
    OfBoot(Executor process) {
      this.process = process;
    }

    @Override
    public long now() {
      return now;
    }

    @Override
    public Timer after(long ms, Runnable task) {
      return VirtualTime.this.after(
          ms,
          process,
          () -> {
            if (!over) {
              task.run();
            }
          });
    }

    void end() {
      over = true;
    }
  }
}
