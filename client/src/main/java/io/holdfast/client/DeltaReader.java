package io.holdfast.client;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes whole messages of those that a server sends as the difference to the one before (RTL18 to
 * RTL21). Owned by the loop. Of a channel it keeps the data of one message, and that only once the
 * channel was asked for differences or has got one.
 */
final class DeltaReader {
  private static final String STEP = "vcdiff";

  /** More than any server takes as one message, bytes. */
  private static final int LENGTH_MAX = 16 << 20;

  /** What became of a frame. */
  sealed interface Outcome {
    /** Its messages, none of which is a difference any more. */
    record Whole(List<io.holdfast.protocol.Message> messages) implements Outcome {}

    /** None of them can be used: the channel is to be asked again for what follows its place. */
    record Unreadable(String why) implements Outcome {}
  }

  private @Nullable Base base;

  /** What a difference may be to: data as it came, less base64. */
  private record Base(String id, Data data) {}

  /** Whether a channel attached so may be sent differences. */
  static boolean asked(String channel, Map<String, String> params) {
    return params.containsKey("delta") || (channel.startsWith("[") && channel.contains("delta="));
  }

  static boolean isDelta(io.holdfast.protocol.Message message) {
    String encoding = message.encoding();
    return encoding != null && (encoding.equals(STEP) || encoding.endsWith("/" + STEP));
  }

  /** All of a frame or nothing of it, so that what is asked for again is not told twice. */
  Outcome read(Frame.Messages frame) {
    List<io.holdfast.protocol.Message> whole = new ArrayList<>(frame.messages().size());
    for (io.holdfast.protocol.Message message : frame.messages()) {
      io.holdfast.protocol.Message made = message;
      if (isDelta(message)) {
        try {
          made = whole(message);
        } catch (Patch.Unreadable e) {
          base = null;
          return new Outcome.Unreadable(String.valueOf(e.getMessage()));
        }
      }
      String id = message.id() == null ? frame.id() + ":" + whole.size() : message.id();
      Data data = made.data();
      base = data == null ? null : new Base(id, data);
      whole.add(made);
    }
    return new Outcome.Whole(whole);
  }

  private io.holdfast.protocol.Message whole(io.holdfast.protocol.Message message)
      throws Patch.Unreadable {
    Base to = base;
    Data delta = message.data();
    Object from = from(message);
    if (to == null || delta == null || !to.id().equals(from)) {
      throw new Patch.Unreadable("it is to " + from + ", and not to the message before it");
    }
    byte[] made = Patch.applied(to.data().toByteArray(), delta.toByteArray(), LENGTH_MAX);
    String encoding = String.valueOf(message.encoding());
    int slash = encoding.lastIndexOf('/');
    return new io.holdfast.protocol.Message(
        message.action(),
        message.id(),
        message.name(),
        Data.binary(made),
        slash < 0 ? null : encoding.substring(0, slash),
        message.clientId(),
        message.connectionId(),
        message.connectionKey(),
        message.timestamp(),
        message.extras(),
        message.serial(),
        message.version(),
        message.summary());
  }

  private static @Nullable Object from(io.holdfast.protocol.Message message) {
    return message.extras() != null
            && Json.object(message.extras().json()).get("delta") instanceof Map<?, ?> note
        ? note.get("from")
        : null;
  }
}
