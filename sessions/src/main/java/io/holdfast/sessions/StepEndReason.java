package io.holdfast.sessions;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why an attempt at a step ended. */
public enum StepEndReason {
  /** It is done. */
  COMPLETE,
  /** Something went wrong; it may be tried again. */
  FAILED,
  /** The run was stopped. */
  CANCELLED;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The reason of this name; {@code COMPLETE} when there is none of it. */
  static StepEndReason of(@Nullable String name) {
    for (StepEndReason reason : values()) {
      if (reason.wireName().equals(name)) {
        return reason;
      }
    }
    return COMPLETE;
  }
}
