package io.holdfast.simulator;

import io.holdfast.protocol.MessageAction;
import org.jspecify.annotations.Nullable;

/** A delta only ever comes to a client that holds what it continues. */
final class FirstContactWhole {
  static final String NAME = "first contact whole";

  private FirstContactWhole() {}

  static Copy held(@Nullable Copy copy, String serial) {
    if (copy == null) {
      throw new Broken(NAME, "a delta to message " + serial + ", which the client does not hold");
    }
    return copy;
  }

  /** Who has asked for whole messages never has anything to put behind. */
  static void asked(MessageAction action, String what) {
    if (action == MessageAction.APPEND) {
      throw new Broken(NAME, what + " comes as an append and was to be whole");
    }
  }
}
