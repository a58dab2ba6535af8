package io.holdfast.fold;

import java.util.List;

/**
 * What one entry did.
 *
 * @param cursor the channel's end now
 * @param events in order
 * @param outcomes one per client frame in the entry, in order
 */
public record Applied(Cursor cursor, List<Event> events, List<Outcome> outcomes) {
  /** What became of one client frame. */
  public record Outcome(Origin origin, Verdict verdict) {}
}
