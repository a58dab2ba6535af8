package io.holdfast.nodes;

import org.jspecify.annotations.Nullable;

/**
 * The forms of entry that a release knows. Nodes work on one journal only if each can read what any
 * of them writes, so a release may write a new form only if the one before could read it.
 *
 * @param reads the newest that it can read; it can read all older ones
 * @param writes the newest that it writes
 */
public record EntryForms(int reads, int writes) {
  /** Why a node of these forms may not work beside a run of those; null when it may. */
  @Nullable String objection(String boot, EntryForms those) {
    if (those.writes > reads) {
      return ("node " + boot + " writes entries of form " + those.writes)
          + (" and this release reads none newer than " + reads)
          + "; start the release that the others are of";
    }
    if (writes > those.reads) {
      return ("this release writes entries of form " + writes)
          + (" and node " + boot + " reads none newer than " + those.reads)
          + "; upgrade the others to the release between first, or stop them all";
    }
    return null;
  }
}
