package io.holdfast.bench;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * A message as it stands in a frame, as much as tells how an answer grows. Parsed, not scanned:
 * what says that nothing is lost must not miss a message in a frame of several.
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
