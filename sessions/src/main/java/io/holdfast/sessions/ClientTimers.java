package io.holdfast.sessions;

import io.holdfast.client.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A client's timers, which end with the client. What waits for one then has waited long enough: all
 * run out at once, and so does every later one, lest somebody waits for ever for a deadline.
 */
final class ClientTimers implements Surroundings.Timers {
  private final Scheduler scheduler;

  /** Bounded by who waits; guarded by itself, as is the other. */
  private final Set<Runnable> waiting = new HashSet<>();

  private boolean ended;

  ClientTimers(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  public Surroundings.Running schedule(Duration delay, Runnable task) {
    Runnable once =
        new Runnable() {
          @Override
          public void run() {
            if (take(this)) {
              task.run();
            }
          }
        };
    boolean late;
    synchronized (waiting) {
      late = ended;
      waiting.add(once);
    }
    if (late) {
      once.run();
      return () -> {};
    }
    Scheduler.Timer timer = scheduler.schedule(delay, once);
    return () -> {
      if (take(once)) {
        timer.cancel();
      }
    };
  }

  private boolean take(Runnable once) {
    synchronized (waiting) {
      return waiting.remove(once);
    }
  }

  /** There are no timers any more. */
  void end() {
    List<Runnable> late;
    synchronized (waiting) {
      ended = true;
      late = new ArrayList<>(waiting);
    }
    late.forEach(Runnable::run);
  }
}
