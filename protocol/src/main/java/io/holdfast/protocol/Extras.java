package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A message's {@code extras}: an opaque JSON object kept as its compact UTF-8 text, with the few
 * fields the server acts on read once (TM2i).
 *
 * @param json the object as compact JSON text
 * @param ephemeral whether {@code ephemeral} is true: delivered live and never stored
 * @param privileged whether it has {@code privileged}, which takes a right of its own to publish
 * @param transportStatus {@code ai.transport.status} of a streamed answer, or null
 */
public record Extras(
    String json, boolean ephemeral, boolean privileged, @Nullable String transportStatus) {
  /** Reads the fields we act on out of compact JSON text; throws when it is not an object. */
  public static Extras of(String json) {
    try (JsonParser in = Wire.json(json)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("extras are not a JSON object");
      }
      boolean ephemeral = false;
      boolean privileged = false;
      String status = null;
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        if (name.equals("ephemeral")) {
          ephemeral = value == JsonToken.VALUE_TRUE;
        } else if (name.equals("ai")) {
          status = statusOf(in);
        } else if (name.equals("privileged")) {
          privileged = true;
        }
        in.skipChildren();
      }
      return new Extras(json, ephemeral, privileged, status);
    } catch (IOException e) {
      throw new IllegalArgumentException("extras are not JSON", e);
    }
  }

  /** Whether there is a field of this name. */
  public boolean has(String field) {
    if (json.indexOf('\\') < 0 && !json.contains(field)) {
      return false;
    }
    try (JsonParser in = Wire.json(json)) {
      boolean found = false;
      for (JsonToken token = in.nextToken(); token != null && !found; token = in.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          found = in.currentName().equals(field);
          in.nextToken();
          in.skipChildren();
        }
      }
      return found;
    } catch (IOException e) {
      throw new IllegalArgumentException("extras are not JSON", e);
    }
  }

  /** The same, saying that the data is the difference to another message's. */
  public static Extras withDelta(@Nullable Extras extras, String from) {
    String delta = "\"delta\":{\"from\":" + quoted(from) + ",\"format\":\"vcdiff\"}";
    String json = extras == null || extras.json.length() <= 2 ? "{}" : extras.json;
    // behind what is there: of two fields of one name the later counts
    String with = json.substring(0, json.length() - 1) + (json.equals("{}") ? "" : ",") + delta;
    return new Extras(
        with + "}",
        extras != null && extras.ephemeral,
        extras != null && extras.privileged,
        extras == null ? null : extras.transportStatus);
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  /** {@code transport.status} inside the parser's current value, which is read to its end. */
  private static @Nullable String statusOf(JsonParser in) throws IOException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      return null;
    }
    String status = null;
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      boolean transport = in.currentName().equals("transport");
      if (in.nextToken() == JsonToken.START_OBJECT && transport) {
        while (in.nextToken() == JsonToken.FIELD_NAME) {
          boolean named = in.currentName().equals("status");
          JsonToken value = in.nextToken();
          if (named) {
            status = value == JsonToken.VALUE_STRING ? in.getText() : null;
          }
          in.skipChildren();
        }
      } else {
        in.skipChildren();
      }
    }
    return status;
  }
}
