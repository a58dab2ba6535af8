package io.holdfast.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A shared object to be made, in the place where it is set. */
public sealed interface NewObject {
  /** A map of these entries, which may be new objects themselves; see {@link ObjectPath#set}. */
  static NewObject map(Map<String, ?> entries) {
    return new OfMap(new LinkedHashMap<>(entries));
  }

  /** A counter that begins with this. */
  static NewObject counter(double start) {
    return new OfCounter(start);
  }

  /**
   * A map.
   *
   * @param entries by key; no nulls
   */
  record OfMap(Map<String, Object> entries) implements NewObject {
    /** Keeps the entries from being changed through it. */
    public OfMap {
      entries = Collections.unmodifiableMap(entries);
    }
  }

  /** A counter. */
  record OfCounter(double start) implements NewObject {}
}
