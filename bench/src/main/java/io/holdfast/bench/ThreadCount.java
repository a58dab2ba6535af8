package io.holdfast.bench;

import java.time.Duration;

/** The most threads of the operating system that a process had at once, as far as it was seen. */
final class ThreadCount {
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  private final Proc process;
  private volatile int peak;

  ThreadCount(Proc process) {
    this.process = process;
  }

  /** Looks from a thread of its own until the program ends. */
  void watch() {
    var _ = Thread.ofPlatform().daemon().name("bench-threads").start(this::look);
  }

  private void look() {
    try {
      while (true) {
        peak = Math.max(peak, process.threads());
        Thread.sleep(LOOK_EVERY);
      }
    } catch (InterruptedException e) {
      // Nobody counts any more.
      Thread.currentThread().interrupt();
    }
  }

  int peak() {
    return peak;
  }

  /** What a program may have that does not grow with its work: the JVM's own, by its cores. */
  static int most(int cores) {
    return 48 + 8 * cores;
  }
}
