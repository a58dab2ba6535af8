package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.holdfast.objects.Initial;
import io.holdfast.objects.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one operation of a REST body, which come in any order.
 *
 * <p>There are two ways to say it. Today the field that an OBJECT frame would have tells what is
 * done: {@code {path, mapSet: {key, value}}}. Before, a word did, and the payload stood in one
 * field for all: {@code {operation: "MAP_SET", path, data: {key, value}}}. The second is turned
 * into the first.
 */
final class ObjectRequestFields {
  private final Format format;
  private final byte[] body;
  private final ObjectReader.Payloads payloads = new ObjectReader.Payloads();

  private @Nullable String id;
  private @Nullable String objectId;
  private @Nullable String path;
  private @Nullable String nonce;
  private @Nullable String word;

  /** The field that says what is done; null for none yet. */
  private @Nullable String named;

  /** The payload of a creation, as it was written: its id may be made from it. */
  private @Nullable String written;

  private @Nullable String data;

  ObjectRequestFields(Format format, byte[] body) {
    this.format = format;
    this.body = body;
  }

  @Nullable ObjectRequest read(WireReader in) throws IOException {
    if (!in.object("an operation")) {
      if (in.token() == JsonToken.VALUE_NULL) {
        in.refuse(ErrorCode.BAD_REQUEST, "an operation must be an object");
      }
      return null;
    }
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "id" -> id = in.text(field);
        case "objectId" -> objectId = in.text(field);
        case "path" -> path = in.text(field);
        case "nonce" -> nonce = in.text(field);
        case "operation" -> word = in.text(field);
        case "data" -> data = data(in);
        default -> operation(in, field);
      }
    }
    if (word != null) {
      translate(in, word);
    }
    return named == null ? none(in) : settle(in, named);
  }

  private static @Nullable ObjectRequest none(WireReader in) {
    ObjectReader.refuse(
        in,
        "an operation is one of mapSet, mapRemove, mapClear, mapCreate, counterInc, counterCreate,"
            + " mapCreateWithObjectId and counterCreateWithObjectId");
    return null;
  }

  private void operation(WireReader in, String field) throws IOException {
    // a field that is null is not there: it must not clear a map
    if (action(field) < 0 || in.token() == JsonToken.VALUE_NULL) {
      in.skip();
      return;
    }
    if (named != null) {
      ObjectReader.refuse(in, "one operation has both " + named + " and " + field);
    }
    named = field;
    long start = start(in);
    if (field.equals("mapClear")) {
      in.object(field);
      in.skip();
    } else {
      payloads.read(in, field);
    }
    written = span(in, start);
  }

  /** The number that goes with a field; negative for what is no operation. */
  private static int action(String field) {
    return switch (field) {
      case "mapCreate", "mapCreateWithObjectId" -> OperationAction.MAP_CREATE;
      case "mapSet" -> OperationAction.MAP_SET;
      case "mapRemove" -> OperationAction.MAP_REMOVE;
      case "mapClear" -> OperationAction.MAP_CLEAR;
      case "counterCreate", "counterCreateWithObjectId" -> OperationAction.COUNTER_CREATE;
      case "counterInc" -> OperationAction.COUNTER_INC;
      default -> -1;
    };
  }

  // ---- the words of before ----

  /** The payload as JSON text: as it was written, where that was JSON. */
  private @Nullable String data(WireReader in) throws IOException {
    if (in.token() == JsonToken.VALUE_STRING) {
      return in.text("data");
    }
    if (!in.object("data")) {
      return null;
    }
    if (format == Format.MSGPACK) {
      return Wire.compactJson(in.parser());
    }
    long start = start(in);
    in.skip();
    return span(in, start);
  }

  private void translate(WireReader in, String spoken) throws IOException {
    String field =
        switch (spoken) {
          case "MAP_CREATE" -> "mapCreate";
          case "MAP_SET" -> "mapSet";
          case "MAP_REMOVE" -> "mapRemove";
          case "COUNTER_CREATE" -> "counterCreate";
          case "COUNTER_INC" -> "counterInc";
          default -> null;
        };
    if (field == null || named != null) {
      ObjectReader.refuse(
          in,
          field == null
              ? "operation is MAP_CREATE, MAP_SET, MAP_REMOVE, COUNTER_CREATE or COUNTER_INC"
              : "one operation has both operation and " + named);
      return;
    }
    named = field;
    byte[] given = (data == null ? "{}" : data).getBytes(StandardCharsets.UTF_8);
    if (!(BodyCodec.decodeTree(Format.JSON, given) instanceof Map<?, ?> fields)) {
      ObjectReader.refuse(in, "data must be an object, or the text of one");
      return;
    }
    if (field.equals("mapCreate")) {
      refuseNulls(in, given);
    }
    byte[] payload = BodyCodec.encodeTree(payload(field, fields), Format.JSON);
    try (JsonParser parser = Wire.parser(Format.JSON, payload, 0, payload.length)) {
      WireReader inner = new WireReader(parser, Format.JSON);
      inner.start();
      payloads.read(inner, field);
      ErrorInfo wrong = inner.refusal();
      if (wrong != null) {
        in.refuse(wrong);
      }
    }
    written = format == Format.JSON ? data : null;
  }

  /** A tree leaves nulls out, so an entry without a value is only seen in the text. */
  private static void refuseNulls(WireReader in, byte[] data) throws IOException {
    try (JsonParser parser = Wire.parser(Format.JSON, data, 0, data.length)) {
      WireReader inner = new WireReader(parser, Format.JSON);
      inner.start();
      inner.object("data");
      for (String key = inner.field(); key != null; key = inner.field()) {
        if (inner.token() == JsonToken.VALUE_NULL) {
          ObjectReader.refuse(in, ObjectReader.NEEDS_DATA);
        }
        inner.skip();
      }
    }
  }

  private static Map<String, Object> payload(String field, Map<?, ?> data) {
    Map<String, Object> payload = new LinkedHashMap<>();
    switch (field) {
      case "mapCreate" -> {
        Map<String, Object> entries = new LinkedHashMap<>();
        data.forEach(
            (key, value) ->
                entries.put(
                    String.valueOf(key),
                    value instanceof Map<?, ?> entry && entry.get("data") instanceof Map<?, ?>
                        ? entry
                        : Map.of("data", value)));
        payload.put("entries", entries);
      }
      case "counterCreate" -> {
        Object number = data.get("number");
        if (number != null) {
          payload.put("count", number);
        }
      }
      default -> data.forEach((key, value) -> payload.put(String.valueOf(key), value));
    }
    return payload;
  }

  // ---- all of it ----

  private @Nullable ObjectRequest settle(WireReader in, String field) throws IOException {
    Operation operation = payloads.make(in, action(field), objectId == null ? "" : objectId);
    if (field.endsWith("WithObjectId") && objectId == null) {
      in.refuse(ErrorCode.OBJECT_NOT_NAMED, field + " is for an objectId");
    }
    Initial proof =
        switch (operation) {
          case Operation.MapCreate create -> proof(create.initial());
          case Operation.CounterCreate create -> proof(create.initial());
          case Operation.MapSet o -> null;
          case Operation.MapRemove o -> null;
          case Operation.MapClear o -> null;
          case Operation.CounterInc o -> null;
          case Operation.ObjectDelete o -> null;
          case Operation.Unknown o -> null;
        };
    return new ObjectRequest(id, path, operation, proof);
  }

  private @Nullable Initial proof(@Nullable Initial given) {
    return given != null || nonce == null || written == null ? given : new Initial(written, nonce);
  }

  private static long start(WireReader in) {
    return in.parser().currentTokenLocation().getByteOffset();
  }

  /** The text from an offset to where the reader is; null where it was not text. */
  private @Nullable String span(WireReader in, long start) {
    long end = in.parser().currentLocation().getByteOffset();
    return format == Format.JSON && start >= 0 && start <= end && end <= body.length
        ? new String(body, (int) start, (int) (end - start), StandardCharsets.UTF_8)
        : null;
  }
}
