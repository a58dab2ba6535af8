package io.holdfast.objects;

import java.util.List;

/**
 * What a look for garbage found.
 *
 * @param pool without what has been gone for long enough, and with orphans marked
 * @param due the ids of objects that have been orphans for long enough, to be deleted by operations
 * @param next when there will be something again if nothing else happens, ms; 0 for never
 */
public record Sweep(Pool pool, List<String> due, long next) {
  public Sweep {
    due = List.copyOf(due);
  }
}
