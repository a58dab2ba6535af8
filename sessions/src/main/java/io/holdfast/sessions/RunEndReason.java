package io.holdfast.sessions;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a run ended, or a stream that was piped into it. */
public enum RunEndReason {
  /** It is done. */
  COMPLETE,
  /** Somebody stopped it. */
  CANCELLED,
  /** Something went wrong. */
  ERROR;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The reason of this name; {@code COMPLETE} when there is none of it. */
  static RunEndReason of(@Nullable String name) {
    for (RunEndReason reason : values()) {
      if (reason.wireName().equals(name)) {
        return reason;
      }
    }
    return COMPLETE;
  }

  RunStatus status() {
    return switch (this) {
      case COMPLETE -> RunStatus.COMPLETE;
      case CANCELLED -> RunStatus.CANCELLED;
      case ERROR -> RunStatus.ERROR;
    };
  }

  StepEndReason ofStep() {
    return switch (this) {
      case COMPLETE -> StepEndReason.COMPLETE;
      case CANCELLED -> StepEndReason.CANCELLED;
      case ERROR -> StepEndReason.FAILED;
    };
  }
}
