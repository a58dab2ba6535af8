package io.holdfast.journal;

import io.holdfast.journal.JournalException.Reason;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The engine's thread of the memory twins, played by an executor in single steps: a commit, the
 * telling of it, or a read. Steps never overlap or nest, whatever the executor does, and commits
 * and tellings keep the order of the calls.
 */
final class MemoryEngine {
  private static final int WAITING_MAX = 1 << 20;

  private final Executor executor;
  private final Runnable onClose;
  private final Consumer<MemoryEngine> release;

  // All below is guarded by this.
  private final Queue<Supplier<Runnable>> commits = new ArrayDeque<>();
  private final Queue<Runnable> tellings = new ArrayDeque<>();
  private final Queue<Runnable> steps = new ArrayDeque<>();
  private @Nullable Thread runner;
  private boolean held;
  private boolean closed;
  private boolean crashed;

  MemoryEngine(Executor executor, Runnable onClose, Consumer<MemoryEngine> release) {
    this.executor = executor;
    this.onClose = onClose;
    this.release = release;
  }

  /**
   * Takes a write.
   *
   * @param commit makes it durable and returns what is to be told then
   */
  <T> CompletableFuture<T> write(CompletableFuture<T> answer, Supplier<Runnable> commit) {
    synchronized (this) {
      if (crashed) {
        return answer;
      }
      if (closed) {
        answer.completeExceptionally(closed());
        return answer;
      }
      if (commits.size() >= WAITING_MAX) {
        answer.completeExceptionally(
            new JournalException(Reason.BUSY, "Too many writes wait for the journal; retry later"));
        return answer;
      }
      commits.add(commit);
    }
    executor.execute(() -> step(this::commitOne));
    return answer;
  }

  <T extends @Nullable Object> CompletableFuture<T> read(Supplier<T> reading) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    executor.execute(
        () ->
            step(
                () -> {
                  if (isClosed()) {
                    answer.completeExceptionally(closed());
                  } else {
                    answer.complete(reading.get());
                  }
                }));
    return answer;
  }

  void run(Runnable step) {
    executor.execute(() -> step(step));
  }

  synchronized boolean isClosed() {
    return closed;
  }

  synchronized boolean isCrashed() {
    return crashed;
  }

  void hold(boolean hold) {
    int waiting;
    synchronized (this) {
      held = hold;
      waiting = hold ? 0 : commits.size();
    }
    for (int i = 0; i < waiting; i++) {
      executor.execute(() -> step(this::commitOne));
    }
  }

  /** Drops what is not done; a step in progress on another thread counts as done. */
  synchronized void crash() {
    crashed = true;
    commits.clear();
    tellings.clear();
    steps.clear();
    boolean interrupted = false;
    while (runner != null && !runner.equals(Thread.currentThread())) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    release.accept(this);
  }

  void close() {
    boolean nested;
    synchronized (this) {
      if (closed || crashed) {
        return;
      }
      nested = Thread.currentThread().equals(runner);
      closed = true;
      held = false;
    }
    CountDownLatch done = new CountDownLatch(1);
    step(
        () -> {
          while (commitOne() || tellOne()) {}
          onClose.run();
          release.accept(this);
          done.countDown();
        });
    if (!nested) {
      try {
        done.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean commitOne() {
    Supplier<Runnable> commit;
    synchronized (this) {
      commit = held ? null : commits.poll();
    }
    if (commit == null) {
      return false;
    }
    Runnable telling = commit.get();
    synchronized (this) {
      if (crashed) {
        return false;
      }
      tellings.add(telling);
    }
    if (!isClosed()) {
      executor.execute(() -> step(this::tellOne));
    }
    return true;
  }

  private boolean tellOne() {
    Runnable telling;
    synchronized (this) {
      telling = tellings.poll();
    }
    if (telling == null) {
      return false;
    }
    telling.run();
    return true;
  }

  /** Runs a step now, or, when one is running, has it run after that by the same thread. */
  private void step(Runnable step) {
    synchronized (this) {
      if (crashed) {
        return;
      }
      steps.add(step);
      if (runner != null) {
        return;
      }
      runner = Thread.currentThread();
    }
    try {
      for (Runnable next = next(); next != null; next = next()) {
        next.run();
      }
    } finally {
      synchronized (this) {
        if (Thread.currentThread().equals(runner)) {
          runner = null;
        }
        notifyAll();
      }
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable next = steps.poll();
    if (next == null) {
      runner = null; // in the same breath as finding nothing, or a step could be left behind
    }
    return next;
  }

  private static JournalException closed() {
    return new JournalException(Reason.CLOSED, "The journal is closed; open it again");
  }
}
