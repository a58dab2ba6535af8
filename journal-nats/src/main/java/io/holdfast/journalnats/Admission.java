package io.holdfast.journalnats;

import io.holdfast.journal.JournalException;
import io.holdfast.journal.JournalException.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers' work in, from any thread: at most {@link #COUNT_MAX} calls and {@link #BYTES_MAX}
 * bytes of them at once, none after the end. Whoever is let in is answered on the engine's thread.
 */
final class Admission {
  private static final int COUNT_MAX = 1 << 17;
  private static final long BYTES_MAX = 256L << 20;
  private static final long CLOSING_MS_MAX = 15_000;

  private final EngineThread engine;

  // Guarded by this.
  private int count;
  private long bytes;
  private boolean closed;
  private final Map<Long, CompletableFuture<?>> unanswered = new HashMap<>();
  private long tickets;

  Admission(EngineThread engine) {
    this.engine = engine;
  }

  <T extends @Nullable Object> CompletableFuture<T> take(
      long size, Supplier<CompletableFuture<T>> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    long ticket;
    JournalException refusal;
    synchronized (this) {
      ticket = tickets++;
      refusal = enter(size);
      if (refusal == null) {
        unanswered.put(ticket, answer);
      }
    }
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
                        leave(size, ticket);
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

  private synchronized void leave(long size, long ticket) {
    unanswered.remove(ticket);
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

  /**
   * Lets nobody in any more and waits for those who are, for as long as servers that are well may
   * take. Whoever is left then has to take it that the outcome is not known.
   */
  void close() {
    awaitNobody().forEach(answer -> answer.completeExceptionally(unknown()));
  }

  private synchronized List<CompletableFuture<?>> awaitNobody() {
    closed = true;
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSING_MS_MAX);
    try {
      for (long left = CLOSING_MS_MAX; count > 0 && left > 0; ) {
        wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return List.copyOf(unanswered.values());
  }

  private static JournalException unknown() {
    return new JournalException(
        Reason.UNKNOWN, "The journal was closed before its servers said what came of it");
  }
}
