package io.holdfast.channels;

import io.holdfast.protocol.Message;

/** Says which messages of a channel an attachment gets. Equal ones decide alike; immutable. */
public interface MessageFilter {
  /** Whether a message, whole as it stands, passes. Never throws. */
  boolean passes(Message message);
}
