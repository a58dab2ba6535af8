package io.holdfast.client;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.Initial;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.ObjectId;
import io.holdfast.objects.ObjectType;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Value;
import io.holdfast.protocol.InitialValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Makes the operations that a wish takes, against the objects as they are at one moment. */
final class ObjectWishes {
  private final Pool pool;
  private final Supplier<String> nonces;
  private final long now;
  private final List<Operation> operations = new ArrayList<>();

  /**
   * Nothing wished yet.
   *
   * @param nonces texts that are never the same twice
   * @param now ms
   */
  ObjectWishes(Pool pool, Supplier<String> nonces, long now) {
    this.pool = pool;
    this.nonces = nonces;
    this.now = now;
  }

  List<Operation> operations() {
    return operations;
  }

  void set(List<String> keys, String key, Object value) {
    MapObject map = map(keys);
    operations.add(new Operation.MapSet(map.id(), key, value(value)));
  }

  void remove(List<String> keys, String key) {
    operations.add(new Operation.MapRemove(map(keys).id(), key));
  }

  void increment(List<String> keys, double amount) {
    if (!Double.isFinite(amount)) {
      throw Fault.BAD_DATA.exception("an amount is a finite number");
    }
    if (object(keys) instanceof CounterObject counter) {
      operations.add(new Operation.CounterInc(counter.id(), amount));
    } else {
      throw Fault.WRONG_OBJECT.exception(text(keys) + " is no counter");
    }
  }

  private MapObject map(List<String> keys) {
    if (object(keys) instanceof MapObject map) {
      return map;
    }
    throw Fault.WRONG_OBJECT.exception(text(keys) + " is no map");
  }

  private SharedObject object(List<String> keys) {
    SharedObject object = SharedState.resolve(pool, keys);
    if (object == null) {
      throw Fault.NO_OBJECT.exception(text(keys));
    }
    return object;
  }

  private static String text(List<String> keys) {
    return keys.isEmpty() ? "the root" : String.join(".", keys);
  }

  /** The value as it is set; objects to be made are made before it. */
  private Value value(Object value) {
    return switch (value) {
      case String text -> new Value.Text(text);
      case byte[] bytes -> new Value.Bytes(bytes.clone());
      case Boolean bool -> new Value.Bool(bool);
      case Number number -> new Value.Numeric(finite(number.doubleValue()));
      case ObjectPath path -> new Value.Reference(object(path.keys()).id());
      case NewObject.OfCounter counter -> new Value.Reference(counter(finite(counter.start())));
      case NewObject.OfMap map -> new Value.Reference(map(map.entries()));
      case Map<?, ?> json -> new Value.Json(json(json));
      case Iterable<?> json -> new Value.Json(json(json));
      case Object[] json -> new Value.Json(json(Arrays.asList(json)));
      default -> throw Fault.BAD_DATA.exception(value.getClass().getName() + " cannot be set");
    };
  }

  private static double finite(double number) {
    if (!Double.isFinite(number)) {
      throw Fault.BAD_DATA.exception("a number that is not finite");
    }
    return number;
  }

  private static String json(Object tree) {
    try {
      return Json.write(tree);
    } catch (IllegalArgumentException e) {
      throw Fault.BAD_DATA.exception(String.valueOf(e.getMessage()));
    }
  }

  private String counter(double start) {
    Initial initial = new Initial(InitialValue.ofCounter(start), nonces.get());
    String id = ObjectId.of(ObjectType.COUNTER, initial, now).toString();
    operations.add(new Operation.CounterCreate(id, start, initial));
    return id;
  }

  private String map(Map<String, Object> entries) {
    Map<String, MapEntry> made = new LinkedHashMap<>();
    entries.forEach((key, value) -> made.put(key, MapEntry.of(value(value), null)));
    Initial initial = new Initial(InitialValue.ofMap(made), nonces.get());
    String id = ObjectId.of(ObjectType.MAP, initial, now).toString();
    operations.add(new Operation.MapCreate(id, made, initial));
    return id;
  }
}
