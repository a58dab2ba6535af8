package io.holdfast.protocol;

import io.holdfast.objects.CounterObject;
import io.holdfast.objects.MapEntry;
import io.holdfast.objects.MapObject;
import io.holdfast.objects.Operation;
import io.holdfast.objects.SharedObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How large messages are: by the protocol's count, and as written. */
public final class MessageSize {
  private static final int NUMBER = 8;

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

  /** What counts of an object message (OM3): client id, extras and its operation, in bytes. */
  public static long of(ObjectMessage message) {
    Operation operation = message.operation();
    SharedObject object = message.object();
    return (long) length(message.clientId())
        + (message.extras() == null ? 0 : Text.utf8Length(message.extras().json()))
        + (operation == null ? 0 : of(operation))
        + (object == null ? 0 : of(object));
  }

  /** What counts of an operation (OOP4): keys and values, a number being 8 bytes. */
  public static long of(Operation operation) {
    return switch (operation) {
      case Operation.MapCreate create -> {
        long size = 0;
        for (Map.Entry<String, MapEntry> entry : create.entries().entrySet()) {
          size += of(entry.getKey(), entry.getValue());
        }
        yield size;
      }
      case Operation.MapSet set -> (long) length(set.key()) + set.value().size();
      case Operation.MapRemove remove -> length(remove.key());
      case Operation.CounterCreate create -> NUMBER;
      case Operation.CounterInc inc -> NUMBER;
      case Operation.MapClear clear -> 0;
      case Operation.ObjectDelete delete -> 0;
      case Operation.Unknown unknown -> 0;
    };
  }

  private static long of(SharedObject object) {
    return switch (object) {
      case CounterObject counter -> NUMBER;
      case MapObject map -> {
        long[] size = {0};
        map.entries().forEach((key, entry) -> size[0] += of(key, entry));
        yield size[0];
      }
    };
  }

  private static long of(String key, MapEntry entry) {
    return (long) length(key) + (entry.value() == null ? 0 : entry.value().size());
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
