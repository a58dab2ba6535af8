package io.holdfast.journalnats;

import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that touches the state of this module. Tasks run in the order they were handed
 * over; what they hand over in turn is bounded by the writes and reads that were let in. It is
 * woken only when it sleeps: several tasks go by on a write, and a wake costs more than most of
 * them.
 */
final class EngineThread implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EngineThread.class);

  /** So many tasks may go before those that are due by the clock. */
  private static final int TURN = 256;

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** Of the thread itself. */
  private final PriorityQueue<Timed> timers = new PriorityQueue<>();

  private final Thread thread;
  private long timed;
  private volatile boolean sleeps;
  private volatile boolean closed;

  /** A task with the time it is due, in nanoseconds of {@link System#nanoTime}. */
  private record Timed(long due, long number, Runnable task) implements Comparable<Timed> {
    @Override
    public int compareTo(Timed other) {
      long before = due - other.due;
      return before != 0 ? Long.signum(before) : Long.compare(number, other.number);
    }
  }

  EngineThread() {
    thread = Thread.ofPlatform().daemon().name("journal-nats").start(this::work);
  }

  /** Runs a task soon; one that comes after the end is dropped. */
  void run(Runnable task) {
    if (closed) {
      log.debug("the engine has ended, so a task of it was dropped");
      return;
    }
    tasks.add(task);
    if (sleeps) {
      sleeps = false;
      LockSupport.unpark(thread);
    }
  }

  /** Runs a task once so many milliseconds have gone by. */
  void after(long ms, Runnable task) {
    long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    if (Thread.currentThread().equals(thread)) {
      timers.add(new Timed(due, timed++, task));
    } else {
      run(() -> timers.add(new Timed(due, timed++, task)));
    }
  }

  /** Runs a task again and again, so many milliseconds after it has ended. */
  void every(long ms, Runnable task) {
    after(
        ms,
        () -> {
          guarded(task);
          every(ms, task);
        });
  }

  private void work() {
    while (!closed) {
      int done = 0;
      Runnable task;
      while (done++ < TURN && (task = tasks.poll()) != null) {
        guarded(task);
      }
      long wait = runDue();
      if (tasks.isEmpty()) {
        sleeps = true;
        // whoever handed something over before this was seen finds it here
        if (tasks.isEmpty() && !closed) {
          LockSupport.parkNanos(this, wait);
        }
        sleeps = false;
      }
    }
  }

  /** Runs what is due; tells how long until the next is. */
  private long runDue() {
    Timed next;
    while ((next = timers.peek()) != null) {
      long wait = next.due - System.nanoTime();
      if (wait > 0) {
        return wait;
      }
      timers.remove();
      guarded(next.task);
    }
    return Long.MAX_VALUE;
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      // there is no other thread: one that ended here would leave everybody waiting for ever
      log.error("a task of the engine failed", e);
    }
  }

  /** Milliseconds of a clock that only goes forwards. */
  long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
