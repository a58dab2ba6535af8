package io.holdfast.server;

import io.holdfast.objects.MapEntry;
import io.holdfast.objects.ObjectId;
import io.holdfast.objects.ObjectType;
import io.holdfast.objects.Operation;
import io.holdfast.objects.Pool;
import io.holdfast.objects.Stamp;
import io.holdfast.objects.Value;
import io.holdfast.protocol.DecodedObjectRequests;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.ObjectRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Shared objects that tests of REST look at, made by operations. */
final class ObjectScene {
  private Pool pool = Pool.EMPTY;
  private int serials;
  private int names;

  Pool pool() {
    return pool;
  }

  void apply(Operation operation) {
    String serial = "0mwp00000-%011d-000:000".formatted(++serials);
    pool = pool.apply(operation, new Stamp(serial, "s", serials));
  }

  void apply(List<Operation> operations) {
    operations.forEach(this::apply);
  }

  void set(String map, String key, Value value) {
    apply(new Operation.MapSet(map, key, value));
  }

  /** A map under a key of another; its id. */
  String map(String parent, String key) {
    String id = new ObjectId(ObjectType.MAP, "map" + ++names, names).toString();
    apply(new Operation.MapCreate(id, Map.of(), null));
    set(parent, key, new Value.Reference(id));
    return id;
  }

  /** A counter under a key of a map; its id. */
  String counter(String parent, String key, double count) {
    String id = new ObjectId(ObjectType.COUNTER, "counter" + ++names, names).toString();
    apply(new Operation.CounterCreate(id, count, null));
    set(parent, key, new Value.Reference(id));
    return id;
  }

  /** Entries as a creation has them. */
  static Map<String, MapEntry> entries(String key, Value value) {
    return Map.of(key, MapEntry.of(value, null));
  }

  /** The operations of a body, in which an apostrophe stands for a quotation mark. */
  static List<ObjectRequest> requests(String json) {
    byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    if (DecodedObjectRequests.read(Format.JSON, body)
        instanceof DecodedObjectRequests.Ok(List<ObjectRequest> requests)) {
      return requests;
    }
    throw new IllegalArgumentException(json);
  }
}
