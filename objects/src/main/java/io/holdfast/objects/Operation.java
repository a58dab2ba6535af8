package io.holdfast.objects;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A change to one object (OOP1). */
public sealed interface Operation {
  String objectId();

  /**
   * A map begins. Last write wins in it, by serial: the only semantics there are.
   *
   * @param initial what the id proves; clients send it, servers tell operations without
   */
  record MapCreate(String objectId, Map<String, MapEntry> entries, @Nullable Initial initial)
      implements Operation {
    public MapCreate {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  record MapSet(String objectId, String key, Value value) implements Operation {}

  record MapRemove(String objectId, String key) implements Operation {}

  /** Everything written to the map before goes. */
  record MapClear(String objectId) implements Operation {}

  /** A counter begins; {@code initial} as in {@link MapCreate}. */
  record CounterCreate(String objectId, double count, @Nullable Initial initial)
      implements Operation {}

  record CounterInc(String objectId, double amount) implements Operation {}

  /** The object goes, for ever: nobody but the server says so. */
  record ObjectDelete(String objectId) implements Operation {}

  /** An operation of a later protocol, which changes nothing here. */
  record Unknown(String objectId, int action) implements Operation {}
}
