package io.holdfast.simulator;

import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/** Whoever holds nothing but the id of an event goes on behind it, or is told that it cannot. */
final class EventsGoOn {
  static final String NAME = "events go on";

  private EventsGoOn() {}

  /** Whatever is not as it should be for a reader of events is so by its ids. */
  static void guarded(Runnable check) {
    try {
      check.run();
    } catch (Broken found) {
      throw new Broken(NAME, String.valueOf(found.getMessage()));
    }
  }

  static void said(boolean first, @Nullable ErrorInfo error, String who) {
    if (!first && error == null) {
      throw new Broken(NAME, who + " begins anew where it was and is not told");
    }
  }
}
