package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/** How large messages are: by the protocol's count, and as written. */
public final class MessageSize {
  private MessageSize() {}

  /**
   * What counts against {@code maxMessageSize} (TM6): name, client id, data and extras, in bytes.
   */
  public static long of(Message message) {
    return (long) length(message.name())
        + length(message.clientId())
        + (message.data() == null ? 0 : message.data().length())
        + (message.extras() == null ? 0 : Text.utf8Length(message.extras().json()));
  }

  /** What counts of a presence message (TP5): client id, data and extras, in bytes. */
  public static long of(PresenceMessage presence) {
    return (long) length(presence.clientId())
        + (presence.data() == null ? 0 : presence.data().length())
        + (presence.extras() == null ? 0 : Text.utf8Length(presence.extras().json()));
  }

  /** What counts of an annotation: name, client id, data and extras, in bytes. */
  public static long of(Annotation annotation) {
    return (long) length(annotation.name())
        + length(annotation.type())
        + length(annotation.clientId())
        + (annotation.data() == null ? 0 : annotation.data().length())
        + (annotation.extras() == null ? 0 : Text.utf8Length(annotation.extras().json()));
  }

  /**
   * How many bytes the data takes between its quotes in a JSON frame. Of texts, the lengths add up:
   * an appended text takes the sum of its parts.
   */
  public static long jsonLength(Data data) {
    return switch (data.kind()) {
      case TEXT -> escapedLength(data.array(), data.length());
      case BINARY -> (data.length() + 2) / 3 * 4L;
    };
  }

  private static long escapedLength(byte[] utf8, int length) {
    long escaped = length;
    for (int i = 0; i < length; i++) {
      byte b = utf8[i];
      if (b == '"' || b == '\\') {
        escaped += 1;
      } else if (b >= 0 && b < 0x20) {
        boolean named = b == '\b' || b == '\t' || b == '\n' || b == '\f' || b == '\r';
        escaped += named ? 1 : 5;
      }
    }
    return escaped;
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : Text.utf8Length(text);
  }
}
