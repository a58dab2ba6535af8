package io.holdfast.objects;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All objects of a channel. Immutable: an operation makes a new version that shares with the old
 * one what it did not touch, so to keep one is to keep a snapshot. The root is always there.
 */
public final class Pool {
  /** A channel that nobody has used yet. */
  public static final Pool EMPTY =
      new Pool(Sorted.empty(), 0, 0).with(SharedObject.blank(ObjectId.ROOT, ObjectType.MAP));

  private final Sorted<SharedObject> objects;
  private final long size;
  private final int tombstones;

  private Pool(Sorted<SharedObject> objects, long size, int tombstones) {
    this.objects = objects;
    this.size = size;
    this.tombstones = tombstones;
  }

  /** By id, those that were deleted included until they are old enough to be forgotten. */
  public Sorted<SharedObject> objects() {
    return objects;
  }

  public @Nullable SharedObject get(String id) {
    return objects.get(id);
  }

  public MapObject root() {
    if (objects.get(ObjectId.ROOT) instanceof MapObject root) {
      return root;
    }
    throw new IllegalStateException("a pool has a root");
  }

  /** What the objects take, bytes. */
  public long size() {
    return size;
  }

  /** How many removed entries and deleted objects are kept for those who hear late. */
  public int tombstones() {
    return tombstones;
  }

  /** Whether there is nothing but a root that nobody has touched. */
  public boolean isPristine() {
    return objects.size() == 1 && root().head().sites().isEmpty();
  }

  /** The same with one object put in, in the place of one of its id. */
  public Pool with(SharedObject object) {
    SharedObject before = objects.get(object.id());
    return new Pool(
        objects.put(object.id(), object),
        size + object.size() - (before == null ? 0 : before.size()),
        tombstones + tombstones(object) - (before == null ? 0 : tombstones(before)));
  }

  Pool without(SharedObject object) {
    return new Pool(
        objects.remove(object.id()), size - object.size(), tombstones - tombstones(object));
  }

  private static int tombstones(SharedObject object) {
    int gone = object.head().deleted() ? 1 : 0;
    return switch (object) {
      case MapObject map -> gone + map.removed();
      case CounterObject counter -> gone;
    };
  }

  /**
   * Applies an operation, unless its object has heard it or a later one of its site. An object that
   * is not there yet begins as a blank one, and so does what is referred to.
   */
  public Pool apply(Operation operation, Stamp stamp) {
    SharedObject object = objects.get(operation.objectId());
    if (object == null) {
      ObjectType type = ObjectId.typeOf(operation.objectId());
      if (type == null) {
        return this;
      }
      object = SharedObject.blank(operation.objectId(), type);
    }
    if (!object.head().admits(stamp)) {
      return this;
    }
    boolean root = object.id().equals(ObjectId.ROOT);
    SharedObject after =
        root && operation instanceof Operation.ObjectDelete
            ? object.with(object.head().heard(stamp))
            : object.apply(operation, stamp);
    Pool pool = with(after);
    // also for what loses against a later one: whichever is heard first, the same objects are there
    for (String reference : references(operation)) {
      pool = pool.knowing(reference).wanting(reference);
    }
    return pool;
  }

  private Pool knowing(String id) {
    ObjectType type = objects.get(id) == null ? ObjectId.typeOf(id) : null;
    return type == null ? this : with(SharedObject.blank(id, type));
  }

  /**
   * What is referred to is no orphan any more, and all that it leads to: who takes it out again has
   * the whole grace to put it back. Each object's mark is taken off once, so this costs no more
   * than the look for garbage that made them.
   */
  private Pool wanting(String id) {
    Pool pool = this;
    Deque<String> open = new ArrayDeque<>();
    open.add(id);
    while (!open.isEmpty()) {
      SharedObject object = pool.objects.get(open.poll());
      if (object == null || object.head().orphanedAt() == 0) {
        continue;
      }
      pool = pool.with(object.with(object.head().orphaned(0)));
      if (object instanceof MapObject map && map.references() > 0) {
        map.entries()
            .forEach(
                (key, entry) -> {
                  if (entry.value() instanceof Value.Reference(String other)) {
                    open.add(other);
                  }
                });
      }
    }
    return pool;
  }

  private static List<String> references(Operation operation) {
    return switch (operation) {
      case Operation.MapSet set ->
          set.value() instanceof Value.Reference(String id) ? List.of(id) : List.of();
      case Operation.MapCreate create -> {
        List<String> ids = new ArrayList<>();
        for (MapEntry entry : create.entries().values()) {
          if (entry.value() instanceof Value.Reference(String id)) {
            ids.add(id);
          }
        }
        yield ids;
      }
      case Operation.MapRemove o -> List.of();
      case Operation.MapClear o -> List.of();
      case Operation.CounterCreate o -> List.of();
      case Operation.CounterInc o -> List.of();
      case Operation.ObjectDelete o -> List.of();
      case Operation.Unknown o -> List.of();
    };
  }

  /** What is wrong with an operation that is to be applied next; null if nothing is. */
  public @Nullable Fault fault(Operation operation) {
    ObjectType type = ObjectId.typeOf(operation.objectId());
    if (type == null) {
      return Fault.BAD_ID;
    }
    if (references(operation).stream().anyMatch(id -> ObjectId.typeOf(id) == null)) {
      return Fault.BAD_REFERENCE;
    }
    SharedObject object = objects.get(operation.objectId());
    if (object != null && object.head().deleted()) {
      return Fault.DELETED;
    }
    double value = object instanceof CounterObject counter ? counter.value() : 0;
    boolean root = operation.objectId().equals(ObjectId.ROOT);
    return switch (operation) {
      case Operation.MapCreate o -> root ? Fault.ROOT : unless(type, ObjectType.MAP);
      case Operation.MapSet o -> unless(type, ObjectType.MAP);
      case Operation.MapRemove o -> unless(type, ObjectType.MAP);
      case Operation.MapClear o -> unless(type, ObjectType.MAP);
      case Operation.CounterCreate create ->
          type == ObjectType.COUNTER && !Double.isFinite(value + create.count())
              ? Fault.NOT_FINITE
              : unless(type, ObjectType.COUNTER);
      case Operation.CounterInc inc ->
          type == ObjectType.COUNTER && !Double.isFinite(value + inc.amount())
              ? Fault.NOT_FINITE
              : unless(type, ObjectType.COUNTER);
      case Operation.ObjectDelete o -> root ? Fault.ROOT : null;
      case Operation.Unknown o -> Fault.UNKNOWN;
    };
  }

  private static @Nullable Fault unless(ObjectType type, ObjectType wanted) {
    return type == wanted ? null : Fault.WRONG_KIND;
  }

  /** Whether an operation, applied next, may leave something that is to be collected later. */
  public boolean mayLeaveGarbage(Operation operation) {
    SharedObject object = objects.get(operation.objectId());
    return switch (operation) {
      case Operation.MapSet set ->
          object == null
              || set.value() instanceof Value.Reference
              || (object instanceof MapObject map && map.get(set.key()) instanceof Value.Reference);
      case Operation.CounterInc o -> object == null;
      case Operation.MapCreate o -> true;
      case Operation.MapRemove o -> true;
      case Operation.MapClear o -> true;
      case Operation.CounterCreate o -> true;
      case Operation.ObjectDelete o -> true;
      case Operation.Unknown o -> false;
    };
  }

  /** The ids of what the root leads to, itself included. Cycles are no obstacle. */
  public Set<String> reachable() {
    Set<String> seen = new HashSet<>();
    Deque<SharedObject> open = new ArrayDeque<>();
    seen.add(ObjectId.ROOT);
    open.add(root());
    while (!open.isEmpty()) {
      if (open.poll() instanceof MapObject map && map.references() > 0) {
        map.entries()
            .forEach(
                (key, entry) -> {
                  if (entry.value() instanceof Value.Reference(String id) && seen.add(id)) {
                    SharedObject object = objects.get(id);
                    if (object != null) {
                      open.add(object);
                    }
                  }
                });
      }
    }
    return seen;
  }

  /**
   * Looks for garbage: forgets what has been removed or deleted for the grace, marks what nothing
   * leads to, and names what has been marked for the grace.
   *
   * @param time now, ms
   * @param grace how long what is gone is remembered, and how long an orphan may wait, ms
   * @param max how many objects to name at the most; the others are named by the next look
   */
  public Sweep sweep(long time, long grace, int max) {
    Sweeping sweeping = new Sweeping(this, reachable(), time, grace, max);
    objects.forEach((id, object) -> sweeping.see(object));
    return sweeping.sweep();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Pool that && objects.equals(that.objects);
  }

  @Override
  public int hashCode() {
    return objects.hashCode();
  }

  @Override
  public String toString() {
    return objects.toString();
  }
}
