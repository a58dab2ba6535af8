package io.holdfast.channels;

import io.holdfast.protocol.Data;
import io.holdfast.protocol.Extras;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.SharedFrame;
import io.holdfast.protocol.Vcdiff;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives a client the data of messages as the difference to the message before (RTL18). What that is
 * follows the client: whatever message was sent last, in the order it was sent. Of the attachment's
 * executor.
 */
final class Deltas {
  /** Not worth the search, bytes. */
  private static final int MAX_LENGTH = 256 * 1024;

  private @Nullable Base base;
  private boolean begun;
  private boolean beganWithDifferences;

  /** The message that a client was sent last. */
  record Base(String id, Data data) {}

  /** A frame was sent as it is. */
  void sent(SharedFrame frame) {
    if (frame.frame() instanceof Frame.Messages messages) {
      base = last(messages);
      begun = true;
    }
  }

  /** Whether the first frame had differences in it, so that a client may have read no frame yet. */
  boolean beganWithDifferences() {
    return beganWithDifferences;
  }

  /**
   * The next frame by what was sent before, to be sent in place of the whole one. Where nothing
   * was, its second message is still a difference to its first.
   */
  SharedFrame next(Outgoing out, SharedFrame whole) {
    SharedFrame next = base == null && single(whole) ? whole : out.over(base, whole);
    beganWithDifferences |= !begun && next != whole;
    return next;
  }

  private static boolean single(SharedFrame frame) {
    return !(frame.frame() instanceof Frame.Messages messages) || messages.messages().size() == 1;
  }

  private static @Nullable Base last(Frame.Messages frame) {
    int index = frame.messages().size() - 1;
    return base(frame, frame.messages().get(index), index);
  }

  private static @Nullable Base base(Frame.Messages frame, Message message, int index) {
    Data data = message.data();
    return data == null || data.length() == 0 || data.length() > MAX_LENGTH
        ? null
        : new Base(message.id() == null ? frame.id() + ":" + index : message.id(), data);
  }

  /** A frame whose messages are given over the one before each, where that is shorter. */
  static SharedFrame over(@Nullable Base first, SharedFrame whole) {
    if (!(whole.frame() instanceof Frame.Messages frame)) {
      return whole;
    }
    List<Message> messages = new ArrayList<>(frame.messages().size());
    Base base = first;
    boolean some = false;
    for (Message message : frame.messages()) {
      Message delta = base == null ? null : over(base, message);
      some |= delta != null;
      base = base(frame, message, messages.size());
      messages.add(delta == null ? message : delta);
    }
    return some
        ? new SharedFrame(
            new Frame.Messages(
                frame.channel(),
                messages,
                frame.msgSerial(),
                frame.id(),
                frame.connectionId(),
                frame.channelSerial(),
                frame.timestamp(),
                frame.params()))
        : whole;
  }

  private static @Nullable Message over(Base base, Message message) {
    Data data = message.data();
    if (data == null || data.length() == 0 || data.length() > MAX_LENGTH) {
      return null;
    }
    byte[] delta = Vcdiff.encode(base.data(), data);
    if (delta.length >= data.length()) {
      return null;
    }
    String encoding = message.encoding() == null ? "" : message.encoding() + "/";
    String text = data.kind() == Data.Kind.TEXT ? "utf-8/" : "";
    return new Message(
        message.action(),
        message.id(),
        message.name(),
        Data.binary(delta),
        encoding + text + "vcdiff",
        message.clientId(),
        message.connectionId(),
        message.connectionKey(),
        message.timestamp(),
        Extras.withDelta(message.extras(), base.id()),
        message.serial(),
        message.version(),
        message.summary());
  }
}
