package io.holdfast.fold;

import io.holdfast.protocol.Message;

/** Roughly what a message takes in memory, bytes. */
final class MessageWeight {
  private MessageWeight() {}

  static int of(Message message) {
    return 300
        + (message.data() == null ? 0 : message.data().length())
        + (message.extras() == null ? 0 : message.extras().json().length())
        + (message.name() == null ? 0 : message.name().length());
  }
}
