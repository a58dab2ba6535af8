package io.holdfast.objects;

import java.util.List;

/**
 * What a look for garbage found.
 *
 * @param pool without what has been gone for long enough, and with orphans marked
 * @param due the ids of objects that have been orphans for long enough, to be deleted by operations
 */
public record Sweep(Pool pool, List<String> due) {
  public Sweep {
    due = List.copyOf(due);
  }
}
