package io.holdfast.bench;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.ByteBuf;
import java.io.IOException;

/**
 * A message as it stands in a frame, as much as tells how an answer grows. Parsed where frames may
 * hold several: what says that nothing is lost must not miss one.
 *
 * @param streamed whether it says of itself that it grows
 * @param complete whether it says that it grows no more
 */
record HeardMessage(int action, String serial, String data, boolean streamed, boolean complete) {
  static final int CREATE = 0;
  static final int UPDATE = 1;
  static final int APPEND = 5;

  /** Message, extras, ai, transport. */
  private static final int HEADERS_DEPTH = 4;

  /**
   * The first message of a frame, scanned where it stands. For answers in plain appends, which come
   * one in a frame: one more would be missed, and missing in its answer's text.
   */
  static HeardMessage scan(ByteBuf buf, int from, int to) {
    int messages = Math.max(from, Wire.find(buf, from, to, Wire.MESSAGES_KEY));
    String serial = Wire.text(buf, messages, to, Wire.MESSAGE_SERIAL_KEY);
    String data = Wire.text(buf, messages, to, Wire.DATA_KEY);
    return new HeardMessage(
        (int) Wire.number(buf, messages, to, Wire.ACTION_KEY),
        serial == null ? "" : serial,
        data == null ? "" : data,
        true,
        false);
  }

  /** Reads the object that the parser has just entered. */
  static HeardMessage read(JsonParser json) throws IOException {
    int action = CREATE;
    String serial = "";
    String data = "";
    String stream = "";
    String status = "";
    int depth = 1;
    while (depth > 0) {
      JsonToken token = json.nextToken();
      switch (token) {
        case START_OBJECT, START_ARRAY -> depth++;
        case END_OBJECT, END_ARRAY -> depth--;
        case VALUE_NUMBER_INT -> {
          if (depth == 1 && json.currentName().equals("action")) {
            action = json.getIntValue();
          }
        }
        case VALUE_STRING -> {
          String name = json.currentName();
          if (depth == 1 && name.equals("serial")) {
            serial = json.getText();
          } else if (depth == 1 && name.equals("data")) {
            data = json.getText();
          } else if (depth == HEADERS_DEPTH && name.equals("stream")) {
            stream = json.getText();
          } else if (depth == HEADERS_DEPTH && name.equals("status")) {
            status = json.getText();
          }
        }
        default -> {}
      }
    }
    return new HeardMessage(action, serial, data, stream.equals("true"), status.equals("complete"));
  }
}
