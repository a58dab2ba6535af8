package io.holdfast.bench;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * An open loop: calls with the instant at which something is due, however late it is. Latencies
 * counted from that instant hold the waiting too, so no omission is coordinated with the server.
 */
final class Pacer implements Runnable {
  /** What is due. */
  interface Due {
    void at(long nanos);

    default void batchComplete() {}
  }

  private static final long TICK_NANOS = 100_000;

  private final EventLoop loop;
  private final Due due;
  private final double intervalNanos;
  private final long startNanos = System.nanoTime();
  private long issued;
  private boolean stopped;

  Pacer(EventLoop loop, double perSecond, Due due) {
    this.loop = loop;
    this.due = due;
    this.intervalNanos = 1e9 / perSecond;
  }

  @Override
  public void run() {
    if (stopped) {
      return;
    }
    long now = System.nanoTime();
    long next = next();
    while (next <= now) {
      issued++;
      due.at(next);
      next = next();
    }
    due.batchComplete();
    var _ = loop.schedule(this, TICK_NANOS, TimeUnit.NANOSECONDS);
  }

  private long next() {
    return startNanos + (long) (issued * intervalNanos);
  }

  /** When the first was due. */
  long startNanos() {
    return startNanos;
  }

  /** On the event loop only. */
  void stop() {
    stopped = true;
  }
}
