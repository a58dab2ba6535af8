package io.holdfast.journalnats;

import java.util.concurrent.atomic.AtomicLong;

/** Work of the engine's thread that others hand over, and no more of it than may wait. */
final class Intake {
  static final long BYTES_MAX = 64L << 20;

  /** What a task takes beside its bytes, about. */
  private static final int TASK_BYTES = 512;

  private final EngineThread engine;
  private final AtomicLong waiting = new AtomicLong();

  Intake(EngineThread engine) {
    this.engine = engine;
  }

  /** Has it run, or, beyond the bound, tells that it will not be. */
  boolean offer(int bytes, Runnable task) {
    long size = (long) TASK_BYTES + bytes;
    if (waiting.addAndGet(size) > BYTES_MAX) {
      waiting.addAndGet(-size);
      return false;
    }
    engine.run(
        () -> {
          waiting.addAndGet(-size);
          task.run();
        });
    return true;
  }
}
