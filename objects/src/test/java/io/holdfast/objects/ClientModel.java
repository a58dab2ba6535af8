package io.holdfast.objects;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Objects as a client keeps them, written down as plainly as the protocol says it: maps that are
 * changed in place, no sharing, no sizes.
 */
final class ClientModel {
  final Map<String, Live> objects = new HashMap<>();

  /** One object. */
  static final class Live {
    final Map<String, String> sites = new HashMap<>();
    final Map<String, Slot> entries = new TreeMap<>();
    final boolean map;
    double value;
    boolean created;
    boolean deleted;
    @Nullable String clear;

    Live(boolean map) {
      this.map = map;
    }
  }

  /** One entry; a removed one has no value. */
  record Slot(@Nullable Value value, @Nullable String serial) {}

  ClientModel() {
    objects.put("root", new Live(true));
  }

  private Live object(String id) {
    return objects.computeIfAbsent(id, unknown -> new Live(unknown.startsWith("map:")));
  }

  void hear(Operation operation, Stamp stamp) {
    Live object = object(operation.objectId());
    String known = object.sites.get(stamp.site());
    if (known != null && stamp.serial().compareTo(known) <= 0) {
      return;
    }
    object.sites.put(stamp.site(), stamp.serial());
    if (object.deleted) {
      return;
    }
    switch (operation) {
      case Operation.MapCreate create -> {
        if (object.map && !object.created) {
          object.created = true;
          create.entries().forEach((key, entry) -> write(object, key, entry.value(), null));
        }
      }
      case Operation.MapSet set -> {
        if (object.map) {
          write(object, set.key(), set.value(), stamp.serial());
        }
      }
      case Operation.MapRemove remove -> {
        if (object.map) {
          write(object, remove.key(), null, stamp.serial());
        }
      }
      case Operation.MapClear clear -> {
        if (object.map && (object.clear == null || object.clear.compareTo(stamp.serial()) <= 0)) {
          object.clear = stamp.serial();
          object
              .entries
              .values()
              .removeIf(slot -> slot.serial == null || stamp.serial().compareTo(slot.serial) > 0);
        }
      }
      case Operation.CounterCreate create -> {
        if (!object.map && !object.created) {
          object.created = true;
          object.value += create.count();
        }
      }
      case Operation.CounterInc inc -> object.value += object.map ? 0 : inc.amount();
      case Operation.ObjectDelete delete -> {
        if (!delete.objectId().equals("root")) {
          object.deleted = true;
          object.entries.clear();
          object.value = 0;
          object.clear = null;
        }
      }
      case Operation.Unknown nothing -> {}
    }
  }

  private void write(Live map, String key, @Nullable Value value, @Nullable String serial) {
    if (map.clear != null && (serial == null || map.clear.compareTo(serial) >= 0)) {
      return;
    }
    Slot slot = map.entries.get(key);
    boolean wins =
        slot == null
            || (serial != null && (slot.serial == null || serial.compareTo(slot.serial) > 0));
    if (wins) {
      if (value instanceof Value.Reference(String id)) {
        object(id);
      }
      map.entries.put(key, new Slot(value, serial));
    }
  }
}
