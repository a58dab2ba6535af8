package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonToken;
import io.holdfast.objects.CounterObject;
import io.holdfast.objects.Head;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Operation;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Sorted;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of an object as it stands, which come in any order. */
final class ObjectFields {
  private @Nullable String id;
  private Sorted<String> sites = Sorted.empty();
  private boolean tombstone;
  private @Nullable Operation createOp;
  private @Nullable Map<String, MapEntry> entries;
  private @Nullable String clearSerial;
  private @Nullable Double count;

  static @Nullable ObjectFields read(WireReader in) throws IOException {
    if (!in.object("object")) {
      return null;
    }
    ObjectFields fields = new ObjectFields();
    for (String field = in.field(); field != null; field = in.field()) {
      fields.read(in, field);
    }
    return fields;
  }

  private void read(WireReader in, String field) throws IOException {
    switch (field) {
      case "objectId" -> id = in.text(field);
      case "siteTimeserials" -> {
        for (Map.Entry<String, String> site : in.params(field).entrySet()) {
          sites = sites.put(site.getKey(), site.getValue());
        }
      }
      case "tombstone" -> tombstone = in.bool(field);
      case "createOp" -> createOp = ObjectReader.operation(in);
      case "map" -> map(in);
      case "counter" -> {
        if (in.token() == JsonToken.START_OBJECT) {
          Double read = ObjectReader.numberIn(in, field, "count");
          count = read == null ? 0.0 : read;
        } else {
          in.object(field);
        }
      }
      default -> in.skip();
    }
  }

  private void map(WireReader in) throws IOException {
    if (in.object("map")) {
      entries = new LinkedHashMap<>();
      for (String field = in.field(); field != null; field = in.field()) {
        switch (field) {
          case "semantics" -> ObjectReader.semantics(in);
          case "entries" -> ObjectReader.entries(in, entries);
          case "clearTimeserial" -> clearSerial = in.text(field);
          default -> in.skip();
        }
      }
    }
  }

  /** The object, its creation merged; to be called once, when the message has been read. */
  @Nullable SharedObject settle(WireReader in, long deletedAt) {
    if (id == null || (entries == null) == (count == null)) {
      ObjectReader.refuse(in, "an object has an objectId and is either a map or a counter");
      return null;
    }
    boolean created = createOp != null && !tombstone;
    Head head = new Head(id, sites, created, tombstone, tombstone ? deletedAt : 0, 0);
    if (count != null) {
      double value = count;
      if (createOp instanceof Operation.CounterCreate create && create.count() != 0) {
        value += create.count();
      }
      return new CounterObject(head, tombstone ? 0 : value);
    }
    Sorted<MapEntry> all = Sorted.empty();
    if (entries != null && !tombstone) {
      for (Map.Entry<String, MapEntry> entry : entries.entrySet()) {
        all = all.put(entry.getKey(), entry.getValue());
      }
    }
    MapObject map = MapObject.of(head, all, tombstone ? null : clearSerial);
    return createOp instanceof Operation.MapCreate create && !tombstone
        ? map.merged(create.entries())
        : map;
  }
}
