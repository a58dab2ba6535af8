package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.holdfast.objects.Initial;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.Operation;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Value;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads operations on objects and objects as they stand. Null means refused, as the reader says.
 */
final class ObjectReader {
  /** The only semantics of maps there are. */
  static final int LAST_WRITE_WINS = 0;

  private static final String NEEDS = "the operation needs ";
  private static final String EACH_DATA = "data in each entry";

  /** What is said of an entry of a new map that has no value. */
  static final String NEEDS_DATA = NEEDS + EACH_DATA;

  private ObjectReader() {}

  static void refuse(WireReader in, String detail) {
    in.refuse(ErrorCode.INVALID_OBJECT_MESSAGE, detail);
  }

  static @Nullable ObjectMessage message(WireReader in) throws IOException {
    if (!in.object("an object message")) {
      return null;
    }
    String id = null;
    String clientId = null;
    String connectionId = null;
    Extras extras = null;
    long timestamp = 0;
    Operation operation = null;
    ObjectFields object = null;
    String serial = null;
    long serialTimestamp = 0;
    String siteCode = null;
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "id" -> id = in.text(field);
        case "clientId" -> clientId = in.text(field);
        case "connectionId" -> connectionId = in.text(field);
        case "extras" -> extras = ItemReader.extras(in);
        case "timestamp" -> timestamp = in.number(field, 0);
        case "operation" -> operation = operation(in);
        case "object" -> object = ObjectFields.read(in);
        case "serial" -> serial = in.text(field);
        case "serialTimestamp" -> serialTimestamp = in.number(field, 0);
        case "siteCode" -> siteCode = in.text(field);
        default -> in.skip();
      }
    }
    SharedObject state = object == null ? null : object.settle(in, serialTimestamp);
    return new ObjectMessage(
        id,
        clientId,
        connectionId,
        extras,
        timestamp,
        operation,
        state,
        serial,
        serialTimestamp,
        siteCode);
  }

  /** The payload fields of an operation, of which its action says which counts. */
  static final class Payloads {
    private @Nullable Map<String, MapEntry> entries;
    private @Nullable String setKey;
    private @Nullable Value value;
    private @Nullable String removeKey;
    private @Nullable Double count;
    private @Nullable Double amount;
    private @Nullable Initial initial;

    void read(WireReader in, String field) throws IOException {
      switch (field) {
        case "mapCreate" -> entries = mapCreate(in, field);
        case "mapSet" -> set(in);
        case "mapRemove" -> removeKey = remove(in);
        case "counterCreate" -> count = counterCreate(in, field);
        case "counterInc" -> amount = numberIn(in, field, "number");
        case "mapCreateWithObjectId", "counterCreateWithObjectId" -> initial = initial(in, field);
        default -> in.skip();
      }
    }

    private void set(WireReader in) throws IOException {
      if (in.object("mapSet")) {
        for (String field = in.field(); field != null; field = in.field()) {
          switch (field) {
            case "key" -> setKey = in.text(field);
            case "value" -> value = ValueReader.read(in, field);
            default -> in.skip();
          }
        }
      }
    }

    Operation make(WireReader in, int action, String id) throws IOException {
      return switch (action) {
        case OperationAction.MAP_CREATE ->
            new Operation.MapCreate(id, needed(in, created(in), "mapCreate", Map.of()), initial);
        case OperationAction.MAP_SET ->
            new Operation.MapSet(
                id,
                needed(in, setKey, "mapSet.key", ""),
                needed(in, value, "mapSet.value", new Value.Bool(false)));
        case OperationAction.MAP_REMOVE ->
            new Operation.MapRemove(id, needed(in, removeKey, "mapRemove.key", ""));
        case OperationAction.COUNTER_CREATE ->
            new Operation.CounterCreate(id, needed(in, counted(in), "counterCreate", 0.0), initial);
        case OperationAction.COUNTER_INC ->
            new Operation.CounterInc(id, needed(in, amount, "counterInc.number", 0.0));
        case OperationAction.OBJECT_DELETE -> new Operation.ObjectDelete(id);
        case OperationAction.MAP_CLEAR -> new Operation.MapClear(id);
        default -> new Operation.Unknown(id, action);
      };
    }

    private @Nullable Map<String, MapEntry> created(WireReader in) throws IOException {
      return initial == null ? entries : inInitial(in, initial, ObjectReader::mapCreate);
    }

    private @Nullable Double counted(WireReader in) throws IOException {
      return initial == null ? count : inInitial(in, initial, ObjectReader::counterCreate);
    }
  }

  private static <T> T needed(WireReader in, @Nullable T value, String field, T substitute) {
    if (value == null) {
      refuse(in, NEEDS + field);
      return substitute;
    }
    return value;
  }

  static @Nullable Operation operation(WireReader in) throws IOException {
    if (!in.object("operation")) {
      return null;
    }
    int action = -1;
    String id = null;
    Payloads payloads = new Payloads();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "action" -> action = in.smallNumber(field, -1);
        case "objectId" -> id = in.text(field);
        default -> payloads.read(in, field);
      }
    }
    if (action < 0 || id == null || id.isEmpty()) {
      refuse(in, "an operation needs an action and an objectId");
      return null;
    }
    return payloads.make(in, action, id);
  }

  /** Reads what an object was created with. */
  interface Created<T> {
    @Nullable T read(WireReader in, String field) throws IOException;
  }

  /** The value inside an initial value, which is JSON text in both formats. */
  private static <T> @Nullable T inInitial(WireReader in, Initial initial, Created<T> created) {
    try (JsonParser parser = Wire.json(initial.value())) {
      WireReader inner = new WireReader(parser, Format.JSON);
      T value = inner.start() ? created.read(inner, "initialValue") : null;
      if (!inner.finished() || value == null) {
        refuse(in, "initialValue is not the JSON of a create operation's payload");
      }
      ErrorInfo wrong = inner.refusal();
      if (wrong != null) {
        in.refuse(wrong);
      }
      return value;
    } catch (IOException | RuntimeException e) {
      refuse(in, "initialValue is not the JSON of a create operation's payload");
      return null;
    }
  }

  private static @Nullable Initial initial(WireReader in, String named) throws IOException {
    if (!in.object(named)) {
      return null;
    }
    String value = null;
    String nonce = null;
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "initialValue" -> value = in.text(field);
        case "nonce" -> nonce = in.text(field);
        default -> in.skip();
      }
    }
    if (value == null || nonce == null) {
      refuse(in, named + " needs an initialValue and a nonce");
      return null;
    }
    return new Initial(value, nonce);
  }

  static @Nullable Map<String, MapEntry> mapCreate(WireReader in, String named) throws IOException {
    if (!in.object(named)) {
      return null;
    }
    Map<String, MapEntry> entries = new LinkedHashMap<>();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "semantics" -> semantics(in);
        case "entries" -> entries(in, entries);
        default -> in.skip();
      }
    }
    return entries;
  }

  static void semantics(WireReader in) throws IOException {
    if (in.number("semantics", LAST_WRITE_WINS) != LAST_WRITE_WINS) {
      refuse(in, "the only semantics of a map are 0, last write wins");
    }
  }

  static void entries(WireReader in, Map<String, MapEntry> into) throws IOException {
    if (in.object("entries")) {
      for (String key = in.field(); key != null; key = in.field()) {
        MapEntry entry = entry(in);
        if (entry != null) {
          into.put(Text.wellFormed(key), entry);
        }
      }
    }
  }

  private static @Nullable MapEntry entry(WireReader in) throws IOException {
    if (!in.object("an entry of a map")) {
      if (in.token() == JsonToken.VALUE_NULL) {
        // left out, it would be missing from a map that was acknowledged as created with it
        refuse(in, NEEDS_DATA);
      }
      return null;
    }
    boolean tombstone = false;
    String serial = null;
    long removedAt = 0;
    Value value = null;
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "tombstone" -> tombstone = in.bool(field);
        case "timeserial" -> serial = in.text(field);
        case "serialTimestamp" -> removedAt = in.number(field, 0);
        case "data" -> value = ValueReader.read(in, field);
        default -> in.skip();
      }
    }
    if (tombstone) {
      return MapEntry.removed(serial, removedAt);
    }
    return MapEntry.of(needed(in, value, EACH_DATA, new Value.Bool(false)), serial);
  }

  private static @Nullable String remove(WireReader in) throws IOException {
    if (!in.object("mapRemove")) {
      return null;
    }
    String key = null;
    for (String field = in.field(); field != null; field = in.field()) {
      if (field.equals("key")) {
        key = in.text(field);
      } else {
        in.skip();
      }
    }
    return key;
  }

  /** The count of a {@code counterCreate}, 0 if it has none. */
  static @Nullable Double counterCreate(WireReader in, String named) throws IOException {
    if (in.token() != JsonToken.START_OBJECT) {
      in.object(named);
      return null;
    }
    Double count = numberIn(in, named, "count");
    return count == null ? 0.0 : count;
  }

  static @Nullable Double numberIn(WireReader in, String named, String wanted) throws IOException {
    if (!in.object(named)) {
      return null;
    }
    Double number = null;
    for (String field = in.field(); field != null; field = in.field()) {
      if (field.equals(wanted)) {
        number = in.decimal(field);
      } else {
        in.skip();
      }
    }
    return number;
  }
}
