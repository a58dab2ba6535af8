package io.holdfast.client;

import java.time.Duration;

/**
 * Timers that go off on the loop. One that was cancelled on the loop does not go off after that.
 */
final class Timers {
  private final Scheduler scheduler;
  private final Loop loop;

  Timers(Scheduler scheduler, Loop loop) {
    this.scheduler = scheduler;
    this.loop = loop;
  }

  Scheduler.Timer after(Duration delay, Runnable task) {
    Alarm alarm = new Alarm(task);
    alarm.timer = scheduler.schedule(delay, () -> loop.execute(alarm));
    return alarm;
  }

  private static final class Alarm implements Scheduler.Timer, Runnable {
    private final Runnable task;
    private Scheduler.Timer timer = () -> {};
    private boolean cancelled;

    Alarm(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      if (!cancelled) {
        cancelled = true;
        task.run();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      timer.cancel();
    }
  }
}
