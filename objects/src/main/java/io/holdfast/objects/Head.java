package io.holdfast.objects;

/**
 * What every object has.
 *
 * @param sites the newest serial heard of each site (OST2b)
 * @param created whether its create operation was merged
 * @param deleted whether it is gone for ever, and only stands for that
 * @param deletedAt when, ms; 0 for one that is not
 * @param orphanedAt since when nothing is known to lead to it from the root, ms; 0 while something
 *     does
 */
public record Head(
    String id,
    Sorted<String> sites,
    boolean created,
    boolean deleted,
    long deletedAt,
    long orphanedAt) {

  static Head blank(String id) {
    return new Head(id, Sorted.empty(), false, false, 0, 0);
  }

  /** Whether an operation is news to the object: later than all of its site (RTLO4a). */
  boolean admits(Stamp stamp) {
    String known = sites.get(stamp.site());
    return known == null || stamp.serial().compareTo(known) > 0;
  }

  Head heard(Stamp stamp) {
    return new Head(
        id, sites.put(stamp.site(), stamp.serial()), created, deleted, deletedAt, orphanedAt);
  }

  Head merged() {
    return new Head(id, sites, true, deleted, deletedAt, orphanedAt);
  }

  /**
   * The same, gone. Of several deletions the last counts, so that it is remembered long enough, and
   * whether it was created no longer does, since the creation may also be heard later.
   */
  Head gone(long time) {
    return new Head(id, sites, false, true, Math.max(deletedAt, time), 0);
  }

  Head orphaned(long time) {
    return new Head(id, sites, created, deleted, deletedAt, time);
  }
}
