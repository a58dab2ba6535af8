package io.holdfast.server;

import io.holdfast.objects.MapObject;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Value;
import io.holdfast.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A way through shared objects: keys of maps, parted by dots. A dot in a key is written {@code \.},
 * and {@code *} stands for every key of one map; a key that is a star itself is written {@code \*}.
 *
 * @param text as it was given
 */
record ObjectPath(String text, List<Step> steps) {
  /** Objects that lie deeper are reached by their ids. */
  private static final int MAX_STEPS = 100;

  /** How much of a path an error repeats, characters. */
  private static final int MAX_QUOTED = 100;

  private static final String ANY = "*";

  /**
   * One key, or all of them.
   *
   * @param any whether it is a star
   */
  record Step(String key, boolean any) {}

  ObjectPath {
    steps = List.copyOf(steps);
  }

  /** Reads a path; the empty one leads nowhere else. */
  static ObjectPath of(String text) {
    List<Step> steps = new ArrayList<>();
    StringBuilder key = new StringBuilder();
    boolean starred = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
      if (c == '\\' && (next == '.' || next == '*')) {
        key.append(next);
        starred |= next == '*';
        i++;
      } else if (c == '.') {
        steps.add(step(key, starred));
        key.setLength(0);
        starred = false;
      } else {
        key.append(c);
      }
    }
    if (!text.isEmpty()) {
      steps.add(step(key, starred));
    }
    if (steps.size() > MAX_STEPS) {
      throw new Refusal(
          ErrorCode.OBJECT_PATH_UNFIT.info("a path has at most " + MAX_STEPS + " keys"));
    }
    return new ObjectPath(text, steps);
  }

  private static Step step(StringBuilder key, boolean escaped) {
    String name = key.toString();
    return new Step(name, name.equals(ANY) && !escaped);
  }

  /** Whether it may lead to several places. */
  boolean forks() {
    return steps.stream().anyMatch(Step::any);
  }

  /** The same without its last key; not for the empty one. */
  ObjectPath parent() {
    return new ObjectPath(text, steps.subList(0, steps.size() - 1));
  }

  /** In an error: not more of it than a reader needs. */
  String quoted() {
    String shown = text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "..." : text;
    return "'" + shown + "'";
  }

  /** How far the stars of one request may look. */
  static final class Budget {
    private static final int MAX_ENTRIES = 200_000;
    private int left = MAX_ENTRIES;

    private void spend(int entries) {
      left -= entries;
      if (left < 0) {
        throw new Refusal(
            ErrorCode.OBJECT_PATH_UNFIT.info(
                "the paths of one request may pass " + MAX_ENTRIES + " keys in all"));
      }
    }
  }

  /** What is at its end, each object once, in the order of the keys. */
  Set<Value> from(Pool pool, String objectId, Budget budget) {
    Set<Value> here = Set.of(new Value.Reference(objectId));
    for (Step step : steps) {
      Set<Value> next = new LinkedHashSet<>();
      for (Value value : here) {
        if (object(pool, value) instanceof MapObject map) {
          budget.spend(step.any() ? 1 + map.entries().size() : 1);
          step(pool, map, step, next);
        }
      }
      here = next;
    }
    return here;
  }

  private static void step(Pool pool, MapObject map, Step step, Set<Value> into) {
    if (step.any()) {
      map.entries()
          .forEach(
              (key, entry) -> {
                if (entry.value() != null && visible(pool, entry.value())) {
                  into.add(entry.value());
                }
              });
      return;
    }
    Value value = map.get(step.key());
    if (value != null && visible(pool, value)) {
      into.add(value);
    }
  }

  /** The one place it names when a star is a key like any other; null if nothing is there. */
  @Nullable Value one(Pool pool, String objectId) {
    Value here = new Value.Reference(objectId);
    for (Step step : steps) {
      Value next = object(pool, here) instanceof MapObject map ? map.get(step.key()) : null;
      if (next == null || !visible(pool, next)) {
        return null;
      }
      here = next;
    }
    return here;
  }

  /** Whether readers see a value: not where it refers to what is gone or was never heard of. */
  static boolean visible(Pool pool, Value value) {
    return !(value instanceof Value.Reference) || object(pool, value) != null;
  }

  /** The object that a value refers to, unless it is gone. */
  static @Nullable SharedObject object(Pool pool, Value value) {
    SharedObject object = value instanceof Value.Reference(String id) ? pool.get(id) : null;
    return object == null || object.head().deleted() ? null : object;
  }
}
