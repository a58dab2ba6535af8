package io.holdfast.simulator;

import io.holdfast.fold.Cursor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whoever hears a channel is told what its annotations add up to, and nothing that never was. */
final class SummariesTrue {
  static final String NAME = "summaries are true";

  private SummariesTrue() {}

  /** When one comes. */
  static void everWas(TrueMessage message, String summary, String what) {
    if (!message.tally().everWas(summary)) {
      throw new Broken(
          NAME, what + " is summarised as " + summary + ", is " + message.tally().latest());
    }
  }

  /** In the end: all that was annotated since the client is here. */
  static void latest(
      List<TrueMessage> messages, Map<String, String> known, Cursor since, String what) {
    for (TrueMessage message : messages) {
      Cursor at = message.tally().at();
      String told = known.get(message.serial());
      if (at != null && at.compareTo(since) > 0) {
        same(message, told, what);
      }
    }
  }

  /** A message as it is read. */
  static void same(TrueMessage message, @Nullable String summary, String what) {
    String latest = message.tally().latest();
    if (latest != null && !latest.equals(summary)) {
      throw new Broken(
          NAME, what + " has " + summary + " of " + message.serial() + " and it is " + latest);
    }
  }
}
