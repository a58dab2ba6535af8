package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.Part;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.ObjectId;
import io.holdfast.objects.ObjectType;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Value;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A channel's shared objects as its log says they are. What stands later in the log is later, so
 * there is nothing to merge: a key is what was last done to it.
 */
final class TrueObjects {
  private final Map<String, TrueObject> objects = new TreeMap<>();

  /** As they stood, by the place in the log since which they did. */
  private final NavigableMap<String, Map<String, String>> stood = new TreeMap<>();

  TrueObjects() {
    clear();
  }

  /** One of them: a map, or a counter. */
  private static final class TrueObject {
    private final Map<String, Value> entries = new TreeMap<>();

    /** Keys whose present state, there or removed, a creation does not change. */
    private final Set<String> written = new HashSet<>();

    private final boolean counts;
    private boolean created;
    private boolean cleared;
    private double count;

    TrueObject(String id) {
      this.counts = ObjectId.typeOf(id) == ObjectType.COUNTER;
    }

    void create(Map<String, MapEntry> with) {
      for (Map.Entry<String, MapEntry> entry : with.entrySet()) {
        Value value = entry.getValue().value();
        if (!created && !cleared && value != null && !written.contains(entry.getKey())) {
          entries.put(entry.getKey(), value);
        }
      }
      created = true;
    }

    void create(double with) {
      count += created ? 0 : with;
      created = true;
    }

    void write(String key, @Nullable Value value) {
      written.add(key);
      if (value == null) {
        entries.remove(key);
      } else {
        entries.put(key, value);
      }
    }

    void empty() {
      entries.clear();
      written.clear();
      cleared = true;
    }

    @Override
    public String toString() {
      return counts ? String.valueOf(count) : entries.toString();
    }
  }

  void clear() {
    objects.clear();
    stood.clear();
    object(ObjectId.ROOT);
  }

  private TrueObject object(String id) {
    return objects.computeIfAbsent(id, TrueObject::new);
  }

  private void known(@Nullable Value value) {
    if (value instanceof Value.Reference(String id)) {
      object(id);
    }
  }

  /** Whether a batch can be applied, which it is whole or not at all. */
  boolean takes(Part.Operate part) {
    return part.acts().stream().noneMatch(act -> misuses(act.operation()));
  }

  /** Whether it is done to an object of another kind. */
  static boolean misuses(@Nullable Operation operation) {
    if (operation == null) {
      return true;
    }
    boolean counter = ObjectId.typeOf(operation.objectId()) == ObjectType.COUNTER;
    return switch (operation) {
      case Operation.CounterCreate o -> !counter;
      case Operation.CounterInc o -> !counter;
      case Operation.MapCreate o -> counter;
      case Operation.MapSet o -> counter;
      case Operation.MapRemove o -> counter;
      case Operation.MapClear o -> counter;
      case Operation.ObjectDelete o -> true;
      case Operation.Unknown o -> true;
    };
  }

  /**
   * What tells an increment from all others, as each is by another amount; null for no increment.
   */
  static @Nullable String token(@Nullable Operation operation) {
    return operation instanceof Operation.CounterInc inc
        ? inc.objectId() + " by " + inc.amount()
        : null;
  }

  /** What names a batch that comes again; null when its client gave it no ids. */
  static @Nullable String ids(Part.Operate part) {
    return part.origin().idempotencyKey() == null ? null : ids(part.acts().getFirst().id());
  }

  static String ids(@Nullable String first) {
    return "objects " + first;
  }

  void apply(Operation operation) {
    TrueObject object = object(operation.objectId());
    switch (operation) {
      case Operation.MapCreate create -> {
        object.create(create.entries());
        create.entries().values().forEach(entry -> known(entry.value()));
      }
      case Operation.MapSet set -> {
        object.write(set.key(), set.value());
        known(set.value());
      }
      case Operation.MapRemove remove -> object.write(remove.key(), null);
      case Operation.MapClear clear -> object.empty();
      case Operation.CounterCreate create -> object.create(create.count());
      case Operation.CounterInc inc -> object.count += inc.amount();
      case Operation.ObjectDelete delete -> throw new Broken(ObjectsTrue.LOGGED, "" + delete);
      case Operation.Unknown unknown -> throw new Broken(ObjectsTrue.LOGGED, "" + unknown);
    }
  }

  /** All of a batch is applied. */
  void stands(Cursor end) {
    stood.put(end.toString(), now());
  }

  /** By id, what each is. */
  Map<String, String> now() {
    Map<String, String> now = new TreeMap<>();
    objects.forEach((id, object) -> now.put(id, object.toString()));
    return now;
  }

  /** The same at a place in the log. */
  Map<String, String> at(String place) {
    Map.Entry<String, Map<String, String>> then = stood.floorEntry(place);
    return then == null ? new TrueObjects().now() : then.getValue();
  }
}
