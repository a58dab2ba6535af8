package io.holdfast.objects;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A look for garbage under way, object by object. */
final class Sweeping {
  private final Set<String> reachable;
  private final long time;
  private final long grace;
  private final int max;
  private final List<String> due = new ArrayList<>();
  private Pool pool;
  private long next = Long.MAX_VALUE;

  Sweeping(Pool pool, Set<String> reachable, long time, long grace, int max) {
    this.pool = pool;
    this.reachable = reachable;
    this.time = time;
    this.grace = grace;
    this.max = max;
  }

  @SuppressWarnings("ReferenceEquality") // an object that did not change is the same one
  void see(SharedObject object) {
    Head head = object.head();
    if (head.deleted()) {
      if (head.deletedAt() <= time - grace) {
        pool = pool.without(object);
      } else {
        again(head.deletedAt() + grace);
      }
      return;
    }
    SharedObject kept = object;
    if (object instanceof MapObject map && map.removed() > 0) {
      MapObject less = map.without(time - grace);
      less.entries().forEach((key, entry) -> see(entry));
      kept = less;
    }
    boolean orphan = !reachable.contains(object.id());
    if (orphan != head.orphanedAt() > 0) {
      kept = kept.with(head.orphaned(orphan ? Math.max(1, time) : 0));
    }
    if (orphan) {
      orphan(kept);
    }
    if (kept != object) {
      pool = pool.with(kept);
    }
  }

  private void see(MapEntry entry) {
    if (entry.removed()) {
      again(entry.removedAt() + grace);
    }
  }

  private void orphan(SharedObject object) {
    long until = object.head().orphanedAt() + grace;
    if (until > time) {
      again(until);
    } else if (due.size() < max) {
      due.add(object.id());
      // what is left of it is forgotten then
      again(time + grace);
    } else {
      again(time);
    }
  }

  private void again(long at) {
    next = Math.min(next, at);
  }

  Sweep sweep() {
    return new Sweep(pool, due, next == Long.MAX_VALUE ? 0 : Math.max(1, next));
  }
}
