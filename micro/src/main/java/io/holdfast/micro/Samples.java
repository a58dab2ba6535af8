package io.holdfast.micro;

import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.Version;
import java.util.List;
import java.util.Map;

/** Frames and messages of the sizes that are common: 200 bytes of text, tokens of six. */
final class Samples {
  static final String CHANNEL = "room";

  /** Bytes of a message's data. */
  static final int PAYLOAD = 200;

  static final String TOKEN = " token";
  static final String TEXT = TOKEN.repeat(PAYLOAD / TOKEN.length() + 1).substring(0, PAYLOAD);

  private static final String CONNECTION = "Xm3fPp0aQz";
  private static final long TIME = 1_700_000_000_000L;

  private static final Version UNNAMED = new Version(null, 0, null, null, null);
  static final Publisher AGENT = new Publisher(CONNECTION, 0);

  private Samples() {}

  /** One message as it is delivered. */
  static Frame delivered() {
    String serial = "01k5f3m9q2000001@boot-0000000042:000";
    var message =
        new Message(
            MessageAction.CREATE,
            null,
            "answer",
            Data.text(TEXT),
            null,
            "agent",
            null,
            null,
            0,
            null,
            serial,
            new Version(serial, TIME, null, null, null));
    return new Frame.Messages(
        CHANNEL,
        List.of(message),
        -1,
        CONNECTION + ":42",
        CONNECTION,
        "01k5f3m9q2000001@boot-0000000042",
        TIME,
        Map.of());
  }

  private static Origin origin(long msgSerial) {
    return new Origin(AGENT, msgSerial, null);
  }

  static Part publish(long msgSerial) {
    var message =
        new Message(
            MessageAction.CREATE,
            CONNECTION + ":" + msgSerial + ":0",
            "answer",
            Data.text(TEXT),
            null,
            "agent",
            CONNECTION,
            null,
            0,
            null,
            null,
            null);
    return new Part.Publish(origin(msgSerial), List.of(message));
  }

  /** A token of a streamed answer. */
  static Part append(long msgSerial, String serial) {
    return new Part.Append(
        serial,
        new Part.Change(null, null, null, null),
        new Part.Author("agent", CONNECTION, CONNECTION + ":" + msgSerial),
        UNNAMED,
        true,
        List.of(new Part.Piece(origin(msgSerial), Data.text(TOKEN))));
  }
}
