package io.holdfast.fold;

import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageSize;
import io.holdfast.protocol.ObjectMessage;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.Version;
import org.jspecify.annotations.Nullable;

/** Roughly what things take in memory, bytes. */
final class MessageWeight {
  private static final int MESSAGE = 300;
  private static final int ANNOTATION = 300;
  private static final int MEMBER = 200;

  private static final int OPERATION = 400;

  private MessageWeight() {}

  static int of(Message message) {
    return MESSAGE + of(message.data()) + ofFields(message);
  }

  /** All that a client can make long, but the data. */
  static int ofFields(Message message) {
    Version version = message.version();
    return of(message.id())
        + of(message.name())
        + of(message.encoding())
        + of(message.extras())
        + (version == null ? 0 : of(version.description()) + of(version.metadata()));
  }

  static int of(Annotation annotation) {
    return ANNOTATION
        + of(annotation.id())
        + of(annotation.data())
        + of(annotation.encoding())
        + of(annotation.extras());
  }

  static int of(ObjectMessage message) {
    return OPERATION
        + of(message.id())
        + of(message.extras())
        + (int) Math.min(Integer.MAX_VALUE / 2, MessageSize.of(message));
  }

  static int of(PresenceMessage message) {
    return MEMBER
        + of(message.id())
        + of(message.data())
        + of(message.encoding())
        + of(message.extras());
  }

  private static int of(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  private static int of(@Nullable Data data) {
    return data == null ? 0 : data.length();
  }

  private static int of(@Nullable Extras extras) {
    return extras == null ? 0 : extras.json().length();
  }
}
