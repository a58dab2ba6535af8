package io.holdfast.demoagent;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** So many tokens a second. Used by one thread. */
final class Pace {
  /** A reader that was slow is not flooded afterwards: lost time stays lost. */
  private static final long CATCH_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final LongSupplier nanoTime;
  private final long between;
  private long due;

  Pace(double perSecond, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    between = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
    due = nanoTime.getAsLong();
  }

  /** Waits until the next token is due. */
  void next() throws InterruptedException {
    long now = nanoTime.getAsLong();
    due = Math.max(due + between - now, -CATCH_UP_NANOS) + now;
    if (due > now) {
      TimeUnit.NANOSECONDS.sleep(due - now);
    } else if (Thread.interrupted()) {
      throw new InterruptedException("between two tokens");
    }
  }
}
