package io.holdfast.client;

import io.holdfast.protocol.ConnectionDetails;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a server says nothing for longer than it said it would (RTN23). Owned by the loop.
 * One timer looks now and then; it is not set anew for every frame.
 */
final class Silence {
  private final Timers timers;
  private final InstantSource clock;
  private final Duration grace;
  private final Consumer<Duration> gone;
  private Instant heard = Instant.EPOCH;
  private Duration allowed = Duration.ZERO;
  private Scheduler.@Nullable Timer timer;

  /**
   * A watch that is not set.
   *
   * @param grace how long beyond its word a server is waited for
   * @param gone told once, with how long nothing was heard
   */
  Silence(Timers timers, InstantSource clock, Duration grace, Consumer<Duration> gone) {
    this.timers = timers;
    this.clock = clock;
    this.grace = grace;
    this.gone = gone;
  }

  void heard() {
    heard = clock.instant();
  }

  /** Begins anew, as these details say. */
  void watch(ConnectionDetails details) {
    stop();
    heard();
    if (details.maxIdleInterval() > 0) {
      allowed = Duration.ofMillis(details.maxIdleInterval()).plus(grace);
      timer = timers.after(allowed, this::look);
    }
  }

  private void look() {
    Duration quiet = Duration.between(heard, clock.instant());
    if (quiet.compareTo(allowed) < 0) {
      timer = timers.after(allowed.minus(quiet), this::look);
    } else {
      timer = null;
      gone.accept(quiet);
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
