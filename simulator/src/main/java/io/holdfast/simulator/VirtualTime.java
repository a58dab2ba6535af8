package io.holdfast.simulator;

import io.holdfast.channels.Timers;
import java.util.Comparator;
import java.util.PriorityQueue;

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
    private final Runnable task;
    private boolean cancelled;

    Waiting(long due, long number, Runnable task) {
      this.due = due;
      this.number = number;
      this.task = task;
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
    Waiting timer = new Waiting(now + Math.max(0, ms), number++, task);
    waiting.add(timer);
    return timer;
  }

  /** How long until something is due, at the most {@code limit}. */
  long untilNext(long limit) {
    Waiting next = waiting.peek();
    return next == null ? limit : Math.clamp(next.due - now, 0, limit);
  }

  /** Moves on; what comes due waits in the queue of timers. */
  void advance(long ms) {
    now += ms;
    while (!waiting.isEmpty() && waiting.element().due <= now) {
      Waiting next = waiting.remove();
      due.execute(
          () -> {
            if (!next.cancelled) {
              next.task.run();
            }
          });
    }
  }

  /** The time of one run of the node, which ends with it. */
  final class OfBoot implements Timers {
    private boolean over;

    @Override
    public long now() {
      return now;
    }

    @Override
    public Timer after(long ms, Runnable task) {
      return VirtualTime.this.after(
          ms,
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
