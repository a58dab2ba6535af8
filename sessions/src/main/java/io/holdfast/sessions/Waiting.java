package io.holdfast.sessions;

import org.jspecify.annotations.Nullable;

/**
 * A thread that waits for something outside the session, and is to wait no longer once it does not
 * matter any more. It is interrupted then, and never while it does something else.
 */
final class Waiting {
  /** Who waits; guarded by this. */
  private @Nullable Thread thread;

  /** The calling thread is about to wait. */
  synchronized void begin() {
    thread = Thread.currentThread();
  }

  /**
   * It waits no more.
   *
   * @param stopped whether {@link #stop} may have interrupted it, which is not meant for what the
   *     caller does next
   */
  void end(boolean stopped) {
    synchronized (this) {
      thread = null;
    }
    if (stopped) {
      Thread.interrupted();
    }
  }

  /** Whoever waits is to stop. */
  synchronized void stop() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
