package io.holdfast.channels;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs the work of its channels, one task at a time and in the order given. A turn is bounded, so
 * that lanes sharing a thread take turns. What waits is bounded by those who hand it in: every
 * channel has at most one drain waiting here.
 */
public final class Lane {
  private static final int TURN = 256;

  private final Executor executor;
  private final Consumer<Throwable> fatal;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /** A lane whose failures are its executor's to see. */
  public Lane(Executor executor) {
    this(executor, failure -> {});
  }

  /**
   * A lane.
   *
   * @param fatal told what a task could not deal with: the lane stands still from then on, with
   *     every channel on it, so the process must end
   */
  public Lane(Executor executor, Consumer<Throwable> fatal) {
    this.executor = executor;
    this.fatal = fatal;
  }

  void execute(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) {
      executor.execute(this::turn);
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RejectedExecutionException stopping) {
      // an executor that takes no more has been shut down, as all are when the node stops
      throw stopping;
    } catch (RuntimeException | Error broken) {
      fatal.accept(broken);
      throw broken;
    }
  }

  private void turn() {
    int done = 0;
    int seen = waiting.get();
    while (true) {
      while (done < seen && done < TURN) {
        Runnable task = tasks.poll();
        if (task == null) {
          break;
        }
        run(task);
        done++;
      }
      if (done >= TURN) {
        break;
      }
      int now = waiting.get();
      if (now == seen) {
        break;
      }
      seen = now;
    }
    if (waiting.addAndGet(-done) > 0) {
      executor.execute(this::turn);
    }
  }
}
