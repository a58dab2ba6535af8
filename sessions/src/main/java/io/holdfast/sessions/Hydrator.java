package io.holdfast.sessions;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a channel's history backwards, one page at a time, for whoever wants more of it. Whoever
 * comes while a page is on its way waits for it.
 */
final class Hydrator {
  private static final int TRIES = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  private final ReentrantLock fetching = new ReentrantLock();
  private final SessionChannel channel;
  private final int pageSize;
  private final boolean fromAttach;
  private final Surroundings.Timers timers;
  private volatile SessionChannel.@Nullable Pages pages;
  private volatile boolean exhausted;

  Hydrator(SessionChannel channel, int pageSize, boolean fromAttach, Surroundings.Timers timers) {
    this.channel = channel;
    this.pageSize = pageSize;
    this.fromAttach = fromAttach;
    this.timers = timers;
  }

  /** Whether there may be more. */
  boolean hasNext() {
    return !exhausted;
  }

  /** Whether anything was asked for. */
  boolean begun() {
    return pages != null;
  }

  /** Fetches and applies a page unless it is enough by then; whether there was one. */
  boolean next(BooleanSupplier enough, Consumer<List<WireMessage>> apply)
      throws InterruptedException {
    fetching.lockInterruptibly();
    try {
      if (exhausted || enough.getAsBoolean()) {
        return false;
      }
      SessionChannel.Pages cursor = pages;
      if (cursor == null) {
        cursor = channel.history(pageSize, fromAttach);
        pages = cursor;
      }
      apply.accept(fetch(cursor));
      exhausted = !cursor.hasNext();
      return true;
    } finally {
      fetching.unlock();
    }
  }

  private List<WireMessage> fetch(SessionChannel.Pages cursor) throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      try {
        return cursor.next();
      } catch (RuntimeException e) {
        if (attempt == TRIES) {
          throw SessionError.HISTORY_FAILED.because(
              "A page of history could not be read in " + TRIES + " attempts", e);
        }
      }
      CountDownLatch over = new CountDownLatch(1);
      Surroundings.Running timer = timers.schedule(pause, over::countDown);
      try {
        over.await();
      } finally {
        timer.close();
      }
      pause = pause.multipliedBy(2);
    }
  }
}
