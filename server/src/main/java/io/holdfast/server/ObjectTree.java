package io.holdfast.server;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Value;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Shared objects as a tree for those who read them over REST. A map that was shown already, as in a
 * cycle, is shown as a reference: the tree is never larger than what it shows. So is what lies too
 * deep to be written, which can be asked for by its id.
 */
final class ObjectTree {
  /** How many maps one inside the other are shown. */
  private static final int MAX_DEPTH = 100;

  /** Up to here every integer is a number of its own. */
  private static final double EXACT_MAX = 1L << 53;

  private final Pool pool;
  private final Form form;
  private final int depth;
  private final Set<String> shown = new HashSet<>();

  /** How much of it is told. */
  enum Form {
    /** Values only: maps as objects, counters as numbers. */
    COMPACT,
    /** With the ids and kinds of objects and the types of values. */
    FULL,
    /** With serials, and what is gone and still remembered. */
    DETAILED
  }

  private ObjectTree(Pool pool, Form form, int depth) {
    this.pool = pool;
    this.form = form;
    this.depth = depth;
  }

  /** What a value is, with all that it leads to. */
  static Object of(Pool pool, Value value, Form form) {
    return new ObjectTree(pool, form, MAX_DEPTH).node(value, 0);
  }

  /** An object without those it refers to. */
  static Object alone(Pool pool, SharedObject object, Form form) {
    return new ObjectTree(pool, form, 1).node(object, 0);
  }

  private Object node(Value value, int at) {
    SharedObject object = ObjectPath.object(pool, value);
    if (object == null) {
      return form == Form.COMPACT ? plain(value) : value;
    }
    return node(object, at);
  }

  private Object node(SharedObject object, int at) {
    Value reference = new Value.Reference(object.id());
    return switch (object) {
      case CounterObject counter -> {
        if (form == Form.COMPACT) {
          yield number(counter.value());
        }
        Value count = new Value.Numeric(counter.value());
        yield at >= depth ? reference : named(counter, "counter", Map.of("data", count));
      }
      case MapObject map -> {
        if (at >= depth || !shown.add(map.id())) {
          yield reference;
        }
        Map<String, Object> entries = entries(map, at);
        if (form == Form.COMPACT) {
          yield entries;
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("semantics", "LWW");
        body.put("entries", entries);
        yield named(map, "map", body);
      }
    };
  }

  private Map<String, Object> named(SharedObject object, String kind, Map<String, Object> body) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("objectId", object.id());
    tree.put(kind, body);
    if (form == Form.DETAILED) {
      Map<String, Object> sites = new LinkedHashMap<>();
      object.head().sites().forEach(sites::put);
      tree.put("siteTimeserials", sites);
      tree.put("tombstone", object.head().deleted());
    }
    return tree;
  }

  private Map<String, Object> entries(MapObject map, int at) {
    Map<String, Object> entries = new LinkedHashMap<>();
    map.entries()
        .forEach(
            (key, entry) -> {
              Value value = entry.value();
              if (form == Form.DETAILED) {
                entries.put(key, detailed(entry, at));
              } else if (value != null && ObjectPath.visible(pool, value)) {
                Object node = node(value, at + 1);
                entries.put(key, form == Form.COMPACT ? node : Map.of("data", node));
              }
            });
    return entries;
  }

  private Map<String, Object> detailed(MapEntry entry, int at) {
    Map<String, Object> tree = new LinkedHashMap<>();
    if (entry.serial() != null) {
      tree.put("timeserial", entry.serial());
    }
    tree.put("tombstone", entry.removed());
    if (entry.value() != null) {
      tree.put("data", node(entry.value(), at + 1));
    }
    return tree;
  }

  private static Object plain(Value value) {
    return switch (value) {
      case Value.Reference reference -> reference;
      case Value.Bool(boolean bool) -> bool;
      case Value.Bytes(byte[] bytes) -> bytes;
      case Value.Numeric(double number) -> number(number);
      case Value.Text(String text) -> text;
      case Value.Json(String json) -> json;
    };
  }

  private static Object number(double number) {
    boolean integral = number == Math.rint(number) && Math.abs(number) <= EXACT_MAX;
    return integral ? (Object) (long) number : (Object) number;
  }
}
