package io.holdfast.journalnats;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers' work in, from any thread: at most {@link #COUNT_MAX} calls and {@link #BYTES_MAX}
 * bytes of them at once, none after the end. Whoever is let in is answered on the engine's thread.
 */
final class Admission {
  private static final int COUNT_MAX = 1 << 17;
  private static final long BYTES_MAX = 256L << 20;

  private final EngineThread engine;

  // Guarded by this.
  private int count;
  private long bytes;
  private boolean closed;

  Admission(EngineThread engine) {
    this.engine = engine;
  }

  <T extends @Nullable Object> CompletableFuture<T> take(
      long size, Supplier<CompletableFuture<T>> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    JournalException refusal = enter(size);
    if (refusal != null) {
      answer.completeExceptionally(refusal);
      return answer;
    }
    engine.run(
        () -> {
          var _ =
              Turns.started(work)
                  .whenComplete(
                      (value, failure) -> {
                        leave(size);
                        if (failure == null) {
                          answer.complete(value);
                        } else {
                          answer.completeExceptionally(failure(failure));
                        }
                      });
        });
    return answer;
  }

  private synchronized @Nullable JournalException enter(long size) {
    if (closed) {
      return closed();
    }
    if (count >= COUNT_MAX || (count > 0 && bytes + size > BYTES_MAX)) {
      return new JournalException(
          Reason.BUSY, "Too much waits for the journal's servers; retry later");
    }
    count++;
    bytes += size;
    return null;
  }

  private synchronized void leave(long size) {
    count--;
    bytes -= size;
    notifyAll();
  }

  static JournalException closed() {
    return new JournalException(Reason.CLOSED, "The journal is closed; open it again");
  }

  /** What a caller is told. */
  static JournalException failure(Throwable failure) {
    return cause(failure) instanceof JournalException ours
        ? ours
        : new JournalException(Reason.UNKNOWN, "The journal failed: " + cause(failure), failure);
  }

  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** Lets nobody in any more and waits for those who are. */
  synchronized void close() {
    closed = true;
    boolean interrupted = false;
    while (count > 0 && !interrupted) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
