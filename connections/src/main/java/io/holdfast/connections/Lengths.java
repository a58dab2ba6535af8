package io.holdfast.connections;

import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageSize;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.Version;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How long the fields may be that the protocol's sizes do not count, though readers are sent them
 * all the same; and what the others take with them.
 */
final class Lengths {
  static final int MAX_ID = 512;
  static final int MAX_SERIAL = 512;
  static final int MAX_ENCODING = 256;
  static final int MAX_DESCRIPTION = 2_048;

  /** What an item may have of ids and encodings before they count, characters. */
  static final int FREE = 200;

  private Lengths() {}

  /** Why a message cannot be taken; its id is for {@link MessageIds} to judge. */
  static @Nullable ErrorInfo fault(Message message) {
    ErrorInfo fault = encoding(message.encoding());
    if (fault == null) {
      fault = tooLong("serial", message.serial(), MAX_SERIAL);
    }
    Version version = message.version();
    return fault == null && version != null
        ? tooLong("version's description", version.description(), MAX_DESCRIPTION)
        : fault;
  }

  static @Nullable ErrorInfo fault(Annotation annotation) {
    ErrorInfo fault = encoding(annotation.encoding());
    if (fault == null) {
      fault = tooLong("messageSerial", annotation.messageSerial(), MAX_SERIAL);
    }
    return fault == null ? tooLong("id", annotation.id(), MAX_ID) : fault;
  }

  static @Nullable ErrorInfo fault(PresenceMessage message) {
    ErrorInfo fault = encoding(message.encoding());
    return fault == null ? tooLong("id", message.id(), MAX_ID) : fault;
  }

  private static @Nullable ErrorInfo encoding(@Nullable String encoding) {
    return encoding == null || encoding.length() <= MAX_ENCODING
        ? null
        : ErrorCode.INVALID_DATA.info("an encoding has at most " + MAX_ENCODING + " characters");
  }

  private static @Nullable ErrorInfo tooLong(String field, @Nullable String value, int most) {
    return value == null || value.length() <= most
        ? null
        : ErrorCode.BAD_PARAMETER.info("the " + field + " has at most " + most + " characters");
  }

  /** What counts of a message or a change of one, bytes. */
  static long size(Message message) {
    Version version = message.version();
    long why =
        version == null
            ? 0
            : bytes(version.clientId()) + bytes(version.description()) + bytes(version.metadata());
    return MessageSize.of(message) + why + beyond(message.id(), message.encoding());
  }

  static long size(Annotation annotation) {
    return MessageSize.of(annotation) + beyond(annotation.id(), annotation.encoding());
  }

  static long size(PresenceMessage message) {
    return MessageSize.of(message) + beyond(message.id(), message.encoding());
  }

  private static long beyond(@Nullable String id, @Nullable String encoding) {
    return Math.max(0, bytes(id) + bytes(encoding) - FREE);
  }

  private static long bytes(@Nullable String text) {
    return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
  }
}
