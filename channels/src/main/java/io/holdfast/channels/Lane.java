package io.holdfast.channels;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the work of its channels, one task at a time and in the order given. A turn is bounded, so
 * that lanes sharing a thread take turns. What waits is bounded by those who hand it in: every
 * channel has at most one drain waiting here.
 */
public final class Lane {
  private static final int TURN = 256;

  private final Executor executor;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  public Lane(Executor executor) {
    this.executor = executor;
  }

  void execute(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) {
      executor.execute(this::turn);
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
        task.run();
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
