package io.holdfast.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** When runs of nodes could not be heard by the others, and since when they are no more. */
final class Absences {
  /** Between two absences a run may not be heard before the second, ms. */
  private static final long GAP = 3_500;

  /** The lease of a node and the grace of its clients, but for what it was not heard before. */
  private static final long LEASE_AND_GRACE = 20_000 - GAP;

  /** How long what a run says may be on its way to the log, ms. */
  private static final long UNDER_WAY = 30_000;

  private final Map<String, List<Absence>> absences = new HashMap<>();

  private record Absence(long from, long until) {}

  /** A run is not heard for a while. */
  void away(String run, long from, long until) {
    absences.computeIfAbsent(run, r -> new ArrayList<>()).add(new Absence(from, until));
  }

  /**
   * Until when a run has to let members of another be there, at the least; until before now if it
   * had waited long enough a while ago, and what it has decided then is stored now.
   */
  long patience(String owner, String run, long now) {
    long until = silentSince(owner, run, now) + LEASE_AND_GRACE;
    for (Absence absence : both(owner, run)) {
      long heard = Math.min(now, absence.until() == Long.MAX_VALUE ? now : absence.until() + GAP);
      long due = silentSince(owner, run, heard) + LEASE_AND_GRACE;
      if (heard >= now - UNDER_WAY && due <= heard) {
        until = Math.min(until, due);
      }
    }
    return until;
  }

  private List<Absence> both(String one, String other) {
    List<Absence> all = new ArrayList<>(absences.getOrDefault(one, List.of()));
    all.addAll(absences.getOrDefault(other, List.of()));
    return all;
  }

  /** Since when two runs may not have heard one another by now; now itself if they do. */
  private long silentSince(String one, String other, long now) {
    List<Absence> all = both(one, other);
    long since = now;
    boolean further = true;
    while (further) {
      further = false;
      for (Absence absence : all) {
        if (absence.from() < since && absence.until() >= since - GAP) {
          since = absence.from();
          further = true;
        }
      }
    }
    return since;
  }
}
