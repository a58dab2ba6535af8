package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/** What an annotation does (TAN2b). */
public enum AnnotationAction {
  CREATE,
  DELETE;

  private static final AnnotationAction[] BY_NUMBER = values();

  /** The action of this number, or null when there is none. */
  public static @Nullable AnnotationAction of(long number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[(int) number] : null;
  }

  public int number() {
    return ordinal();
  }
}
