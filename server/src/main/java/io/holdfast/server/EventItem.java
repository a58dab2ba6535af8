package io.holdfast.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message or presence message, told for itself: with the fields that it has of its frame, and
 * with its channel. Made once for all readers of a frame.
 *
 * @param event what kind of event it is
 * @param json the whole of it
 * @param data its payload; null for none
 * @param bare whether readers of bare data get it
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record EventItem(String event, byte[] json, @Nullable Data data, boolean bare) {

  static List<EventItem> of(SharedFrame frame) {
    return frame.view(Format.JSON, bytes -> made(frame.frame()));
  }

  private static List<EventItem> made(Frame frame) {
    List<EventItem> items = new ArrayList<>();
    if (frame instanceof Frame.Messages messages) {
      for (Message message : messages.messages()) {
        Message whole = whole(messages, message, items.size());
        // a summary has no data: an empty event would look like a message
        boolean bare = message.action() != MessageAction.SUMMARY;
        byte[] json = json(whole, messages.channel());
        items.add(new EventItem("message", json, message.data(), bare));
      }
    } else if (frame instanceof Frame.Presence presence) {
      for (PresenceMessage member : presence.presence()) {
        PresenceMessage whole = whole(presence, member, items.size());
        byte[] json = json(whole, presence.channel());
        items.add(new EventItem("presence", json, member.data(), true));
      }
    }
    return List.copyOf(items);
  }

  private static Message whole(Frame.Messages frame, Message message, int index) {
    Message whole =
        new Message(
            message.action(),
            message.id() == null && frame.id() != null ? frame.id() + ":" + index : message.id(),
            message.name(),
            message.data(),
            message.encoding(),
            message.clientId(),
            message.connectionId() == null ? frame.connectionId() : message.connectionId(),
            null,
            message.timestamp() == 0 ? frame.timestamp() : message.timestamp(),
            message.extras(),
            message.serial(),
            message.version());
    return whole.withSummary(message.summary());
  }

  private static PresenceMessage whole(Frame.Presence frame, PresenceMessage member, int index) {
    return new PresenceMessage(
        member.action(),
        member.id() == null && frame.id() != null ? frame.id() + ":" + index : member.id(),
        member.clientId(),
        member.connectionId() == null ? frame.connectionId() : member.connectionId(),
        member.data(),
        member.encoding(),
        member.extras(),
        member.timestamp() == 0 ? frame.timestamp() : member.timestamp());
  }

  /** Every item begins with a field, so the channel's can stand before it. */
  private static byte[] json(Object item, String channel) {
    byte[] bytes = BodyCodec.encodeTree(item, Format.JSON);
    String name = new String(BodyCodec.encodeTree(channel, Format.JSON), UTF_8);
    byte[] first = ("{\"channel\":" + name + ",").getBytes(UTF_8);
    byte[] json = new byte[first.length + bytes.length - 1];
    System.arraycopy(first, 0, json, 0, first.length);
    System.arraycopy(bytes, 1, json, first.length, bytes.length - 1);
    return json;
  }
}
