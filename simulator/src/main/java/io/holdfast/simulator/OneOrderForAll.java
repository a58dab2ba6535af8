package io.holdfast.simulator;

import org.jspecify.annotations.Nullable;

/**
 * Everyone meets new messages in the order of the log, and a publisher's frames stand there in the
 * order they were sent.
 */
final class OneOrderForAll {
  static final String NAME = "one order for all";

  private @Nullable String newest;

  /** Begins with a new attachment that continues nothing. */
  void startAnew() {
    newest = null;
  }

  /** A message is met for the first time, as it was created. */
  void met(String serial) {
    if (newest != null && serial.compareTo(newest) <= 0) {
      throw new Broken(NAME, "message " + serial + " came after " + newest);
    }
    newest = serial;
  }
}
