package io.holdfast.nodes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The other runs that were ever heard of, at most {@link #REMEMBERED}: beyond that the one that was
 * silent for longest is forgotten, those that are gone first. Not safe for threads.
 */
final class Roster {
  static final int REMEMBERED = 1_000;

  private final Map<String, Run> runs = new HashMap<>();

  private static final class Run {
    private final Beat first;
    private long seen;
    private boolean live;
    private boolean left;

    Run(Beat first, long seen) {
      this.first = first;
      this.seen = seen;
    }
  }

  /** A sign of life of a run; tells whether it was not taken for live before. */
  boolean here(Beat beat, long seen) {
    Run run = runs.get(beat.boot());
    if (run == null) {
      makeRoom();
      run = new Run(beat, seen);
      runs.put(beat.boot(), run);
    }
    run.seen = Math.max(run.seen, seen);
    if (run.left || run.live) {
      return false; // what a run said before its goodbye may come after it
    }
    run.live = true;
    return true;
  }

  private void makeRoom() {
    if (runs.size() < REMEMBERED) {
      return;
    }
    runs.values().stream()
        .min(Comparator.comparing((Run run) -> run.live).thenComparingLong(run -> run.seen))
        .ifPresent(run -> runs.remove(run.first.boot()));
  }

  /** Something else that a run said. */
  void heard(String boot, long seen) {
    Run run = runs.get(boot);
    if (run != null) {
      run.seen = Math.max(run.seen, seen);
    }
  }

  /** A run's goodbye; tells whether it was taken for live before. */
  boolean leaves(Beat beat, long seen) {
    boolean unknown = here(beat, seen);
    Run run = runs.get(beat.boot());
    boolean change = run != null && run.live && !unknown;
    if (run != null) {
      run.live = false;
      run.left = true;
    }
    return change;
  }

  /**
   * Takes for gone who was silent for longer than the lease at some moment, of those who could be
   * heard since another; tells whether there was any.
   */
  boolean judge(long moment, long since, long lease) {
    boolean change = false;
    for (Run run : runs.values()) {
      run.seen = Math.min(run.seen, moment); // a clock may be set back
      if (run.live && moment - Math.max(run.seen, since) > lease) {
        run.seen = Math.max(run.seen, since);
        run.live = false;
        change = true;
      }
    }
    return change;
  }

  /**
   * Nobody could be heard until now. Of those who had been taken for gone, that is no silence: they
   * may have been back, so their clients get all of their time anew. Tells whether there are any.
   */
  boolean heardAgain(long now) {
    boolean any = false;
    for (Run run : runs.values()) {
      if (!run.live && !run.left) {
        run.seen = Math.max(run.seen, now);
        any = true;
      }
    }
    return any;
  }

  Set<String> live() {
    Set<String> live = new HashSet<>();
    runs.forEach(
        (boot, run) -> {
          if (run.live) {
            live.add(boot);
          }
        });
    return live;
  }

  /** 0 for a run that was never heard of. */
  long seen(String boot) {
    Run run = runs.get(boot);
    return run == null ? 0 : run.seen;
  }

  /** Those that are live, for another who asks. */
  List<Beat.Heard> known(long now) {
    List<Beat.Heard> known = new ArrayList<>();
    for (Run run : runs.values()) {
      if (run.live) {
        known.add(new Beat.Heard(run.first, Math.max(0, now - run.seen)));
      }
    }
    return known;
  }

  /** What a live run has said of itself. */
  @Nullable Beat of(String boot) {
    Run run = runs.get(boot);
    return run == null || !run.live ? null : run.first;
  }
}
