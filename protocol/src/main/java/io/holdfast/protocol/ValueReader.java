package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonToken;
import io.holdfast.objects.Value;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Reads the values of keys. Null means refused, as the reader says. */
final class ValueReader {
  private ValueReader() {}

  /** An ObjectData: exactly one of its fields. */
  static @Nullable Value read(WireReader in, String named) throws IOException {
    if (!in.object(named)) {
      return null;
    }
    int values = 0;
    Value value = null;
    String encoding = null;
    for (String field = in.field(); field != null; field = in.field()) {
      Value read = null;
      switch (field) {
        case "objectId" -> read = text(in, field, Value.Reference::new);
        case "boolean" -> read = in.token().isBoolean() ? new Value.Bool(in.bool(field)) : bad(in);
        case "bytes" -> read = bytes(in);
        case "number" -> {
          Double number = in.decimal(field);
          read = number == null ? null : new Value.Numeric(number);
        }
        case "string" -> read = text(in, field, Value.Text::new);
        case "json" -> read = text(in, field, Value.Json::new);
        case "encoding" -> encoding = in.text(field);
        default -> in.skip();
      }
      if (read != null) {
        value = read;
        values++;
      }
    }
    if (value == null || values > 1) {
      ObjectReader.refuse(
          in, "a value is one of objectId, boolean, bytes, number, string and json");
      return null;
    }
    if (value instanceof Value.Text(String text) && "json".equals(encoding)) {
      value = new Value.Json(text);
    }
    if (value instanceof Value.Json(String text) && !Wire.isJsonStructure(text)) {
      ObjectReader.refuse(in, "a json value is the text of a JSON object or array");
      return null;
    }
    return value;
  }

  private static @Nullable Value bad(WireReader in) throws IOException {
    in.bool("boolean");
    return null;
  }

  private interface Make {
    Value of(String text);
  }

  private static @Nullable Value text(WireReader in, String field, Make make) throws IOException {
    String text = in.text(field);
    return text == null ? null : make.of(text);
  }

  private static @Nullable Value bytes(WireReader in) throws IOException {
    if (in.token() == JsonToken.VALUE_EMBEDDED_OBJECT
        && in.parser().getEmbeddedObject() instanceof byte[] raw) {
      return new Value.Bytes(raw);
    }
    String base64 = in.text("bytes");
    if (base64 == null) {
      return null;
    }
    try {
      return new Value.Bytes(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      ObjectReader.refuse(in, "bytes are base64 in JSON");
      return null;
    }
  }
}
