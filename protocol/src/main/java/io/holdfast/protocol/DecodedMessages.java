package io.holdfast.protocol;

import java.util.List;

/** The outcome of reading the messages of a REST body. */
public sealed interface DecodedMessages {
  /** Good messages, in order. */
  record Ok(List<Message> messages) implements DecodedMessages {}

  /** Not messages, or one of them was not acceptable. */
  record Refused(ErrorInfo error) implements DecodedMessages {}
}
