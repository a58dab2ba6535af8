package io.holdfast.sessions;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * Says, once, that work is to stop. Hand it to whatever does the work: an HTTP request through
 * {@link #bind}, anything else through {@link #onAbort}. May be used by any thread.
 */
public final class AbortSignal {
  private final List<Runnable> listeners = new ArrayList<>();
  private boolean aborted;

  AbortSignal() {}

  /** Whether work is to stop. */
  public boolean aborted() {
    synchronized (listeners) {
      return aborted;
    }
  }

  /**
   * Has this called when work is to stop, on the thread that says so, which it must not block; at
   * once when that is now. What it throws is its own affair: the thread's handler of uncaught
   * exceptions is told, and the others are called all the same. Close what is returned when the
   * work is done.
   */
  public Subscription onAbort(Runnable listener) {
    synchronized (listeners) {
      if (!aborted) {
        listeners.add(listener);
        return () -> {
          synchronized (listeners) {
            listeners.remove(listener);
          }
        };
      }
    }
    Dispatcher.runAlone(listener);
    return () -> {};
  }

  /**
   * Cancels this when work is to stop: a task, or the future of {@code HttpClient.sendAsync}, whose
   * exchange is then ended. What is done already is left alone.
   *
   * @return the same future
   */
  public <F extends Future<?>> F bind(F future) {
    Subscription bound = onAbort(() -> future.cancel(true));
    if (future instanceof CompletableFuture<?> known) {
      CompletableFuture<?> unused = known.whenComplete((value, failure) -> bound.close());
    }
    return future;
  }

  /**
   * Ends with an exception when work is to stop.
   *
   * @throws SessionException with code 40033
   */
  public void throwIfAborted() {
    if (aborted()) {
      throw SessionError.CANCELLED.because("The run was cancelled");
    }
  }

  /** Says it. Listeners are called once, by the first call. */
  void abort() {
    List<Runnable> told;
    synchronized (listeners) {
      if (aborted) {
        return;
      }
      aborted = true;
      told = List.copyOf(listeners);
      listeners.clear();
    }
    // the one that would stop the work must not depend on those before it
    told.forEach(Dispatcher::runAlone);
  }
}
