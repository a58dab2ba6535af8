package io.holdfast.protocol;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.Head;
import io.holdfast.objects.Initial;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Operation;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes operations on objects and objects as they stand, one line per field in wire order. */
final class ObjectWriter {
  private ObjectWriter() {}

  static void message(WireWriter out, ObjectMessage message) throws IOException {
    out.open();
    out.text("id", message.id());
    out.text("clientId", message.clientId());
    out.text("connectionId", message.connectionId());
    out.json("extras", message.extras() == null ? null : message.extras().json());
    out.numberUnlessZero("timestamp", message.timestamp());
    if (message.operation() != null) {
      out.field("operation");
      operation(out, message.operation());
    }
    if (message.object() != null) {
      out.field("object");
      object(out, message.object());
    }
    out.text("serial", message.serial());
    out.numberUnlessZero("serialTimestamp", message.serialTimestamp());
    out.text("siteCode", message.siteCode());
    out.close();
  }

  static void operation(WireWriter out, Operation operation) throws IOException {
    out.open();
    out.number("action", OperationAction.of(operation));
    out.text("objectId", operation.objectId());
    switch (operation) {
      case Operation.MapCreate create -> {
        if (create.initial() == null) {
          mapCreate(out, create.entries());
        } else {
          initial(out, "mapCreateWithObjectId", create.initial());
        }
      }
      case Operation.MapSet set -> {
        out.open("mapSet");
        out.text("key", set.key());
        value(out, "value", set.value());
        out.close();
      }
      case Operation.MapRemove remove -> {
        out.open("mapRemove");
        out.text("key", remove.key());
        out.close();
      }
      case Operation.MapClear clear -> empty(out, "mapClear");
      case Operation.CounterCreate create -> {
        if (create.initial() == null) {
          counterCreate(out, create.count());
        } else {
          initial(out, "counterCreateWithObjectId", create.initial());
        }
      }
      case Operation.CounterInc inc -> {
        out.open("counterInc");
        out.decimal("number", inc.amount());
        out.close();
      }
      case Operation.ObjectDelete delete -> empty(out, "objectDelete");
      case Operation.Unknown nothing -> {}
    }
    out.close();
  }

  private static void empty(WireWriter out, String field) throws IOException {
    out.open(field);
    out.close();
  }

  private static void initial(WireWriter out, String field, Initial initial) throws IOException {
    out.open(field);
    out.text("initialValue", initial.value());
    out.text("nonce", initial.nonce());
    out.close();
  }

  private static void mapCreate(WireWriter out, Map<String, MapEntry> entries) throws IOException {
    out.open("mapCreate");
    mapValue(out, entries);
    out.close();
  }

  /** What is between the braces of a {@code mapCreate}. */
  static void mapValue(WireWriter out, Map<String, MapEntry> entries) throws IOException {
    out.number("semantics", ObjectReader.LAST_WRITE_WINS);
    out.open("entries");
    for (Map.Entry<String, MapEntry> entry : entries.entrySet()) {
      entry(out, entry.getKey(), entry.getValue());
    }
    out.close();
  }

  private static void counterCreate(WireWriter out, double count) throws IOException {
    out.open("counterCreate");
    out.decimal("count", count);
    out.close();
  }

  /** An object as it stands. What it was created with is in it, so its creation is told empty. */
  static void object(WireWriter out, SharedObject object) throws IOException {
    Head head = object.head();
    out.open();
    out.text("objectId", head.id());
    out.open("siteTimeserials");
    each(head.sites()::forEach, (site, serial) -> out.text(Text.wellFormed(site), serial));
    out.close();
    out.bool("tombstone", head.deleted());
    switch (object) {
      case MapObject map -> {
        createOp(out, head, new Operation.MapCreate(head.id(), Map.of(), null));
        out.open("map");
        out.number("semantics", ObjectReader.LAST_WRITE_WINS);
        out.open("entries");
        each(map.entries()::forEach, (key, entry) -> entry(out, key, entry));
        out.close();
        out.text("clearTimeserial", map.clearSerial());
        out.close();
      }
      case CounterObject counter -> {
        createOp(out, head, new Operation.CounterCreate(head.id(), 0, null));
        out.open("counter");
        out.decimal("count", counter.value());
        out.close();
      }
    }
    out.close();
  }

  private static void createOp(WireWriter out, Head head, Operation create) throws IOException {
    if (head.created()) {
      out.field("createOp");
      operation(out, create);
    }
  }

  private static void entry(WireWriter out, String key, MapEntry entry) throws IOException {
    out.open(Text.wellFormed(key));
    out.text("timeserial", entry.serial());
    if (entry.removed()) {
      out.bool("tombstone", true);
      out.numberUnlessZero("serialTimestamp", entry.removedAt());
    }
    if (entry.value() != null) {
      value(out, "data", entry.value());
    }
    out.close();
  }

  /** An ObjectData. */
  static void value(WireWriter out, @Nullable String field, Value value) throws IOException {
    if (field == null) {
      out.open();
    } else {
      out.open(field);
    }
    switch (value) {
      case Value.Reference(String id) -> out.text("objectId", id);
      case Value.Bool(boolean bool) -> out.bool("boolean", bool);
      case Value.Bytes(byte[] bytes) -> out.bytes("bytes", bytes);
      case Value.Numeric(double number) -> out.decimal("number", number);
      case Value.Text(String text) -> out.text("string", text);
      case Value.Json(String json) -> out.text("json", json);
    }
    out.close();
  }

  private interface Each<T> {
    void write(String key, T value) throws IOException;
  }

  private interface Source<T> {
    void forEach(java.util.function.BiConsumer<String, T> action);
  }

  private static <T> void each(Source<T> source, Each<T> each) {
    source.forEach(
        (key, value) -> {
          try {
            each.write(key, value);
          } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
          }
        });
  }
}
