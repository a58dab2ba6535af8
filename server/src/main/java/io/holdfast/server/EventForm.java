package io.holdfast.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a reader wants events written.
 *
 * @param lines one JSON object a line rather than server-sent events
 * @param enveloped whole messages rather than their data alone
 * @param heartbeats as events rather than what readers pass over
 */
record EventForm(boolean lines, boolean enveloped, boolean heartbeats) {
  private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");

  String type() {
    return lines ? "application/x-ndjson" : "text/event-stream";
  }

  /**
   * A message or a presence message.
   *
   * @param id what to go on from when this has been seen; null for the same as before
   */
  void event(ByteArrayOutputStream out, EventItem item, @Nullable String id) {
    byte[] text = enveloped ? item.json() : null;
    if (text == null && !item.bare()) {
      if (id != null) {
        place(out, id);
      }
      return;
    }
    if (lines) {
      line(out, id, item.event(), text == null ? quoted(item.data()) : text);
    } else {
      field(out, "id", id);
      field(out, "event", item.event());
      if (text == null) {
        for (String part : LINE_END.split(text(item.data()), -1)) {
          field(out, "data", part);
        }
      } else {
        put(out, "data: ");
        out.writeBytes(text);
        out.write('\n');
      }
      out.write('\n');
    }
  }

  void error(ByteArrayOutputStream out, ErrorInfo error) {
    byte[] json = BodyCodec.encodeTree(error, Format.JSON);
    if (lines) {
      line(out, null, "error", json);
    } else {
      put(out, "event: error\ndata: ");
      out.writeBytes(json);
      put(out, "\n\n");
    }
  }

  void heartbeat(ByteArrayOutputStream out) {
    if (lines) {
      put(out, heartbeats ? "{\"event\":\"heartbeat\"}\n" : "\n");
    } else {
      put(out, heartbeats ? "event: heartbeat\ndata:\n\n" : ":keepalive\n\n");
    }
  }

  /** Where the reader is before anything has happened; no event, so lines have nothing like it. */
  void place(ByteArrayOutputStream out, String id) {
    if (!lines) {
      field(out, "id", id);
      out.write('\n');
    }
  }

  private static void line(
      ByteArrayOutputStream out, @Nullable String id, String event, byte[] json) {
    out.write('{');
    if (id != null) {
      put(out, "\"id\":\"" + id + "\",");
    }
    put(out, "\"event\":\"" + event + "\",\"data\":");
    out.writeBytes(json);
    put(out, "}\n");
  }

  private static void field(ByteArrayOutputStream out, String name, @Nullable String value) {
    if (value != null) {
      put(out, name + ": " + value + "\n");
    }
  }

  private static byte[] quoted(@Nullable Data data) {
    return BodyCodec.encodeTree(text(data), Format.JSON);
  }

  private static String text(@Nullable Data data) {
    return data == null
        ? ""
        : data.kind() == Data.Kind.TEXT
            ? data.asText()
            : Base64.getEncoder().encodeToString(data.toByteArray());
  }

  private static void put(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(UTF_8));
  }
}
