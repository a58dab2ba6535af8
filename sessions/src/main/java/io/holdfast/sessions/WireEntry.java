package io.holdfast.sessions;

import io.holdfast.protocol.MessageAction;
import io.holdfast.sessions.Piece.StreamStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One wire message of a conversation at the newest version that came, which is what history would
 * give: however the versions arrived, the same is left.
 *
 * <p>This goes further than the published decoder, which drops what comes after a stream's end and
 * shows nothing of an update that does not continue the text: a writer that could not append mends
 * its message in exactly these ways.
 */
final class WireEntry {
  private final @Nullable String serial;
  private final boolean input;
  private final boolean part;
  private final String codecMessageId;
  private final @Nullable String stepId;
  private final @Nullable String stepStartSerial;
  private String version;
  private Map<String, String> codec;
  private Role role;
  private StreamStatus stream;
  private @Nullable Object data;
  private @Nullable StringBuilder growing;
  private boolean deleted;

  private WireEntry(WireMessage message, boolean input, String codecMessageId) {
    this.serial = message.serial();
    this.input = input;
    this.part = message.header(Header.DISCRETE) != null;
    this.codecMessageId = codecMessageId;
    this.stepId = message.header(Header.STEP_ID);
    this.stepStartSerial = message.header(Header.STEP_START_SERIAL);
    this.version = versionOf(message);
    this.codec = message.codec();
    this.role = Role.of(message.header(Header.ROLE));
    this.stream = status(message);
    this.deleted = message.action() == MessageAction.DELETE;
    // a stream is created empty, and what it was created with is not part of it
    take(message.action() == MessageAction.CREATE && streamed() ? "" : message.data());
  }

  /** The entry of a message that nothing was known of. */
  static WireEntry first(WireMessage message, String codecMessageId) {
    return new WireEntry(message, message.event() == WireEvent.INPUT, codecMessageId);
  }

  private static String versionOf(WireMessage message) {
    String version = message.version();
    if (version != null) {
      return version;
    }
    return message.serial() == null ? "" : message.serial();
  }

  private static StreamStatus status(WireMessage message) {
    if (!"true".equals(message.header(Header.STREAM))) {
      return StreamStatus.NONE;
    }
    String status = message.header(Header.STATUS);
    if ("complete".equals(status)) {
      return StreamStatus.COMPLETE;
    }
    return "cancelled".equals(status) ? StreamStatus.CANCELLED : StreamStatus.STREAMING;
  }

  private boolean streamed() {
    return stream != StreamStatus.NONE;
  }

  private void take(@Nullable Object value) {
    growing = null;
    data = deleted ? null : streamed() && !(value instanceof String) ? "" : value;
  }

  /** Takes what came of the same message; false when it was known already. */
  boolean advance(WireMessage message) {
    if (versionOf(message).compareTo(version) <= 0 || deleted) {
      return false;
    }
    switch (message.action()) {
      case CREATE -> {
        return false;
      }
      case DELETE -> {
        deleted = true;
        take(null);
      }
      case APPEND -> {
        replaceHeaders(message);
        append(message.data() instanceof String text ? text : "");
      }
      case UPDATE -> {
        replaceHeaders(message);
        take(message.data());
      }
      case META, SUMMARY -> {
        return false;
      }
    }
    version = versionOf(message);
    settle();
    return true;
  }

  /** Headers are replaced whole by an append or update that brings some. */
  private void replaceHeaders(WireMessage message) {
    if (message.extras().present()) {
      codec = message.codec();
      role = Role.of(message.header(Header.ROLE));
      stream = status(message);
    }
  }

  private void append(String delta) {
    StringBuilder text = growing;
    if (text == null) {
      text = new StringBuilder(data instanceof String known ? known : "");
      growing = text;
    }
    text.append(delta);
  }

  /** Lets go of the room to grow once the stream has ended. */
  private void settle() {
    if (growing != null && stream != StreamStatus.STREAMING) {
      data = growing.toString();
      growing = null;
    }
  }

  /** Lets go of the content, which nobody will see any more; the place stays known. */
  void drop() {
    growing = null;
    data = null;
  }

  /** The message as a codec folds it. */
  Piece piece() {
    Map<String, String> fields = new LinkedHashMap<>(codec);
    String kind = fields.remove(Codec.KIND);
    return new Piece(
        input,
        kind == null ? "" : kind,
        fields,
        stream,
        growing == null ? data : growing.toString(),
        codecMessageId,
        role);
  }

  /** Null while it is not known to be on the channel. */
  @Nullable String serial() {
    return serial;
  }

  /** Whether it is a part of what somebody said, and not about a message that is there. */
  boolean said() {
    return input && part;
  }

  String codecMessageId() {
    return codecMessageId;
  }

  @Nullable String stepId() {
    return stepId;
  }

  @Nullable String stepStartSerial() {
    return stepStartSerial;
  }

  boolean deleted() {
    return deleted;
  }
}
