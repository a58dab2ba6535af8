package io.holdfast.simulator;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Pool;
import io.holdfast.objects.Value;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Shared objects are for everybody what their log makes of them. */
final class ObjectsTrue {
  /** What whoever has them comes to, by syncs and by changes. */
  static final String CONVERGE = "objects converge";

  static final String ONCE = "increments count once";

  /** What the node has, and syncs. */
  static final String LOGGED = "synced state equals the log's fold";

  private ObjectsTrue() {}

  /** What can be seen of them, by id. */
  static Map<String, String> seen(Pool pool) {
    Map<String, String> seen = new TreeMap<>();
    pool.objects()
        .forEach(
            (id, object) -> {
              if (!object.head().deleted()) {
                switch (object) {
                  case CounterObject counter -> seen.put(id, String.valueOf(counter.value()));
                  case MapObject map -> seen.put(id, entries(map).toString());
                }
              }
            });
    return seen;
  }

  private static Map<String, Value> entries(MapObject map) {
    Map<String, Value> entries = new TreeMap<>();
    map.entries()
        .forEach(
            (key, entry) -> {
              Value value = entry.value();
              if (value != null) {
                entries.put(key, value);
              }
            });
    return entries;
  }

  static void asLogged(Map<String, String> truth, Pool objects, String what) {
    same(LOGGED, truth, objects, what);
  }

  static void converged(Map<String, String> truth, Pool objects, String what) {
    same(CONVERGE, truth, objects, what);
  }

  private static void same(String invariant, Map<String, String> truth, Pool objects, String what) {
    Map<String, String> seen = seen(objects);
    if (!seen.equals(truth)) {
      throw new Broken(invariant, what + " has " + seen + " and not " + truth);
    }
  }

  /** At rest: what was acked counts, once, and nothing counts more often than it was sent anew. */
  static void once(Operation operation, TrueChannel truth) {
    int most = operation.idempotencyKey() != null ? 1 : Math.max(1, operation.lives());
    boolean acked = operation.outcome() == Operation.Outcome.ACKED;
    for (String token : operation.tokens()) {
      int times = truth.times(token);
      boolean lost = acked && times == 0 && !truth.expired(token);
      boolean refused = operation.misuses() && times > 0;
      if (times > most || lost || refused) {
        throw new Broken(ONCE, token + " counts " + times + " times: " + operation);
      }
    }
  }

  /** An answer names each change of a batch: a client could not apply it otherwise. */
  static void numbered(Operation operation, List<@Nullable String> serials) {
    if (serials.size() != operation.objects().size()
        || serials.stream().anyMatch(Objects::isNull)) {
      throw new Broken(ONCE, operation + " is acked with " + serials);
    }
  }

  /** A client is told by which name the log numbers what it does. */
  static void site(Truth truth, String told) {
    if (!told.equals(truth.site())) {
      throw new Broken(CONVERGE, "a client is told of site " + told + ", not " + truth.site());
    }
  }
}
