package io.holdfast.objects;

import java.util.Locale;

/** What kind of object an id names. */
public enum ObjectType {
  MAP,
  COUNTER;

  /** As ids begin. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
