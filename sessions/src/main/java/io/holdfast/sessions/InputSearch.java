package io.holdfast.sessions;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Looks for the input that an invocation names, live and back in history. */
final class InputSearch {
  private final SessionCore<?, ?> core;
  private final String eventId;
  private final AbortSignal signal;

  private final Waiting loading = new Waiting();

  /** It is given up when the signal says so. */
  InputSearch(SessionCore<?, ?> core, String eventId, AbortSignal signal) {
    this.core = core;
    this.eventId = eventId;
    this.signal = signal;
  }

  /**
   * Returns once the input is there and this holds, too; it is asked under the session's lock.
   *
   * @param what says what is looked for beside the input; empty when nothing is
   */
  void until(BooleanSupplier also, String what, Duration deadline, String runId)
      throws InterruptedException {
    BooleanSupplier found = () -> core.located(eventId) != null && also.getAsBoolean();
    BooleanSupplier settled = () -> found.getAsBoolean() || signal.aborted();
    boolean[] late = new boolean[1];
    Surroundings.Running timer =
        core.surroundings()
            .timers()
            .schedule(
                deadline,
                () -> {
                  core.locked(() -> late[0] = true);
                  loading.stop();
                });
    Subscription woken =
        signal.onAbort(
            () -> {
              core.locked(() -> {});
              loading.stop();
            });
    BooleanSupplier over = () -> signal.aborted() || late[0];
    try {
      boolean more = true;
      while (more && !core.holds(settled) && !core.holds(over)) {
        more = loadPage(settled, over);
      }
      core.await(() -> settled.getAsBoolean() || late[0], null);
    } finally {
      timer.close();
      woken.close();
    }
    if (signal.aborted()) {
      throw SessionError.CANCELLED.because("The run " + runId + " was cancelled before it began");
    }
    if (!core.holds(found)) {
      if (core.closed()) {
        throw SessionError.SESSION_CLOSED.because("The session was closed before the run began");
      }
      boolean input = core.holds(() -> core.located(eventId) == null);
      throw SessionError.INPUT_NOT_FOUND.because(
          (input ? "The input " + eventId : what) + " did not come within " + deadline);
    }
  }

  /** A page that does not come keeps nobody beyond the deadline, nor from being cancelled. */
  private boolean loadPage(BooleanSupplier enough, BooleanSupplier over)
      throws InterruptedException {
    loading.begin();
    try {
      // the end may have come before we could be interrupted
      return !core.holds(over) && core.loadPage(applied -> {}, () -> core.holds(enough));
    } catch (InterruptedException e) {
      if (core.holds(over)) {
        return false;
      }
      throw e;
    } finally {
      loading.end(core.holds(over));
    }
  }
}
