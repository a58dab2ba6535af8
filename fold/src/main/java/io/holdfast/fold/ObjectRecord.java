package io.holdfast.fold;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.Head;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Operation;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Sorted;
import io.holdfast.objects.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of shared objects and of operations on them. A map's entries are records of their
 * own, so that a change of one key writes one.
 */
final class ObjectRecord {
  private static final int FORMAT = 1;
  private static final char SEPARATOR = '/';

  private ObjectRecord() {}

  // ---- objects, without entries ----

  static byte[] encode(SharedObject object) {
    ByteWriter out = new ByteWriter();
    out.writeByte(FORMAT);
    Head head = object.head();
    out.writeString(head.id());
    out.writeLong(head.sites().size());
    head.sites()
        .forEach(
            (site, serial) -> {
              out.writeString(site);
              out.writeString(serial);
            });
    out.writeBoolean(head.created());
    out.writeBoolean(head.deleted());
    out.writeLong(head.deletedAt());
    out.writeLong(head.orphanedAt());
    switch (object) {
      case MapObject map -> {
        out.writeByte(0);
        out.writeString(map.clearSerial());
      }
      case CounterObject counter -> {
        out.writeByte(1);
        out.writeDouble(counter.value());
      }
    }
    return out.toByteArray();
  }

  /** An object; a map is empty. */
  static SharedObject decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IllegalStateException("an object of form " + format + ", newer than this version");
    }
    String id = in.readString();
    Sorted<String> sites = Sorted.empty();
    for (int count = in.readCount(); count > 0; count--) {
      sites = sites.put(in.readString(), in.readString());
    }
    Head head =
        new Head(id, sites, in.readBoolean(), in.readBoolean(), in.readLong(), in.readLong());
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> MapObject.of(head, Sorted.empty(), in.readNullableString());
      case 1 -> new CounterObject(head, in.readDouble());
      default -> throw new IllegalStateException("a stored object of kind " + kind);
    };
  }

  // ---- entries ----

  static String key(String map, String key) {
    return map + SEPARATOR + key;
  }

  /** The map that an entry's key is of. */
  static String mapOf(String key) {
    return key.substring(0, key.indexOf(SEPARATOR));
  }

  static String keyOf(String key) {
    return key.substring(key.indexOf(SEPARATOR) + 1);
  }

  static byte[] encode(MapEntry entry) {
    ByteWriter out = new ByteWriter();
    write(out, entry);
    return out.toByteArray();
  }

  static MapEntry decodeEntry(byte[] bytes) {
    return readEntry(new ByteReader(bytes));
  }

  private static void write(ByteWriter out, MapEntry entry) {
    write(out, entry.value());
    out.writeString(entry.serial());
    if (entry.removed()) {
      out.writeLong(entry.removedAt());
    }
  }

  private static MapEntry readEntry(ByteReader in) {
    Value value = readValue(in);
    String serial = in.readNullableString();
    return value == null ? MapEntry.removed(serial, in.readLong()) : MapEntry.of(value, serial);
  }

  private static void write(ByteWriter out, @Nullable Value value) {
    switch (value) {
      case null -> out.writeByte(0);
      case Value.Reference(String id) -> {
        out.writeByte(1);
        out.writeString(id);
      }
      case Value.Bool(boolean bool) -> {
        out.writeByte(2);
        out.writeBoolean(bool);
      }
      case Value.Bytes(byte[] bytes) -> {
        out.writeByte(3);
        out.writeBytes(bytes);
      }
      case Value.Numeric(double number) -> {
        out.writeByte(4);
        out.writeDouble(number);
      }
      case Value.Text(String text) -> {
        out.writeByte(5);
        out.writeString(text);
      }
      case Value.Json(String json) -> {
        out.writeByte(6);
        out.writeString(json);
      }
    }
  }

  private static @Nullable Value readValue(ByteReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> null;
      case 1 -> new Value.Reference(in.readString());
      case 2 -> new Value.Bool(in.readBoolean());
      case 3 -> new Value.Bytes(in.readBytes());
      case 4 -> new Value.Numeric(in.readDouble());
      case 5 -> new Value.Text(in.readString());
      case 6 -> new Value.Json(in.readString());
      default -> throw new IllegalStateException("a stored value of kind " + kind);
    };
  }

  // ---- operations ----

  static void write(ByteWriter out, Operation operation) {
    switch (operation) {
      case Operation.MapCreate create -> {
        begin(out, 0, create);
        out.writeLong(create.entries().size());
        create
            .entries()
            .forEach(
                (key, entry) -> {
                  out.writeString(key);
                  write(out, entry);
                });
      }
      case Operation.MapSet set -> {
        begin(out, 1, set);
        out.writeString(set.key());
        write(out, set.value());
      }
      case Operation.MapRemove remove -> {
        begin(out, 2, remove);
        out.writeString(remove.key());
      }
      case Operation.CounterCreate create -> {
        begin(out, 3, create);
        out.writeDouble(create.count());
      }
      case Operation.CounterInc inc -> {
        begin(out, 4, inc);
        out.writeDouble(inc.amount());
      }
      case Operation.ObjectDelete delete -> begin(out, 5, delete);
      case Operation.MapClear clear -> begin(out, 6, clear);
      case Operation.Unknown unknown ->
          throw new IllegalArgumentException("an unknown operation is not stored");
    }
  }

  private static void begin(ByteWriter out, int kind, Operation operation) {
    out.writeByte(kind);
    out.writeString(operation.objectId());
  }

  static Operation read(ByteReader in) {
    int kind = in.readByte();
    String id = in.readString();
    return switch (kind) {
      case 0 -> new Operation.MapCreate(id, readEntries(in), null);
      case 1 -> {
        String key = in.readString();
        Value value = readValue(in);
        if (value == null) {
          throw new IllegalStateException("a stored set without a value");
        }
        yield new Operation.MapSet(id, key, value);
      }
      case 2 -> new Operation.MapRemove(id, in.readString());
      case 3 -> new Operation.CounterCreate(id, in.readDouble(), null);
      case 4 -> new Operation.CounterInc(id, in.readDouble());
      case 5 -> new Operation.ObjectDelete(id);
      case 6 -> new Operation.MapClear(id);
      default -> throw new IllegalStateException("a stored operation of kind " + kind);
    };
  }

  private static Map<String, MapEntry> readEntries(ByteReader in) {
    Map<String, MapEntry> entries = new LinkedHashMap<>();
    for (int count = in.readCount(); count > 0; count--) {
      entries.put(in.readString(), readEntry(in));
    }
    return entries;
  }
}
