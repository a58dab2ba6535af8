package io.holdfast.fold;

import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Pool;
import io.holdfast.objects.SharedObject;
import io.holdfast.objects.Sorted;
import java.util.HashMap;
import java.util.Map;

/** Puts a channel's shared objects together from their records, which come in any order. */
public final class StoredObjects {
  private final Map<String, SharedObject> objects = new HashMap<>();
  private final Map<String, Sorted<MapEntry>> entries = new HashMap<>();
  private Upkeep upkeep = Upkeep.NONE;

  /** Takes a record of one of the kinds that are about objects. */
  public void add(RecordKind kind, String key, byte[] bytes) {
    switch (kind) {
      case OBJECT -> objects.put(key, ObjectRecord.decode(bytes));
      case OBJECT_ENTRY -> {
        String map = ObjectRecord.mapOf(key);
        Sorted<MapEntry> its = entries.getOrDefault(map, Sorted.empty());
        entries.put(map, its.put(ObjectRecord.keyOf(key), ObjectRecord.decodeEntry(bytes)));
      }
      case UPKEEP -> upkeep = Upkeep.decode(bytes);
      case MESSAGE, VERSION, ANNOTATION, PRESENCE, MEMBERS, STATE ->
          throw new IllegalArgumentException(kind + " is not of objects");
    }
  }

  Upkeep upkeep() {
    return upkeep;
  }

  Pool pool() {
    Pool pool = Pool.EMPTY;
    for (SharedObject object : objects.values()) {
      Sorted<MapEntry> its = entries.get(object.id());
      pool =
          pool.with(
              object instanceof MapObject map && its != null
                  ? MapObject.of(map.head(), its, map.clearSerial())
                  : object);
    }
    return pool;
  }
}
