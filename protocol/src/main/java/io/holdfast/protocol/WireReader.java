package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one value in either format. A field of the wrong type does not stop the
 * reading: the first one is kept as the {@link #refusal}, the value is skipped and read as absent,
 * so that a refusal can name everything else the frame says. Explicit nulls read as absent.
 */
final class WireReader {
  static final double EXACT_MAX = 1L << 53;

  private final JsonParser in;
  private final Format format;
  private @Nullable ErrorInfo refusal;

  WireReader(JsonParser in, Format format) {
    this.in = in;
    this.format = format;
  }

  /** Reads one element of a list; null when it was refused. */
  interface Element<T> {
    @Nullable T read(WireReader in) throws IOException;
  }

  @Nullable ErrorInfo refusal() {
    return refusal;
  }

  void refuse(ErrorCode code, String detail) {
    if (refusal == null) {
      refusal = code.info(detail);
    }
  }

  void refuse(ErrorInfo why) {
    if (refusal == null) {
      refusal = why;
    }
  }

  JsonToken token() throws IOException {
    JsonToken token = in.currentToken();
    if (token == null) {
      throw new JsonParseException(in, "no value");
    }
    return token;
  }

  JsonParser parser() {
    return in;
  }

  /** Moves to the first token; false when there is none. */
  boolean start() throws IOException {
    return in.nextToken() != null;
  }

  /** Whether nothing follows the value just read. */
  boolean finished() throws IOException {
    return switch (format) {
      case JSON -> in.nextToken() == null;
      // The scan has seen to it, and this parser throws at the end.
      case MSGPACK -> true;
    };
  }

  /** The next field's name, the parser standing on its value; null at the object's end. */
  @Nullable String field() throws IOException {
    JsonToken token = in.nextToken();
    if (token == JsonToken.END_OBJECT) {
      return null;
    }
    if (token != JsonToken.FIELD_NAME) {
      throw new JsonParseException(in, "no field name");
    }
    String name = in.currentName();
    if (in.nextToken() == null) {
      throw new JsonParseException(in, "no value");
    }
    return name;
  }

  void skip() throws IOException {
    in.skipChildren();
  }

  /** Whether an object starts here; anything else but null is refused. */
  boolean object(String field) throws IOException {
    return opens(JsonToken.START_OBJECT, field, "an object");
  }

  private boolean opens(JsonToken start, String field, String wanted) throws IOException {
    if (token() == start) {
      return true;
    }
    wrong(field, wanted);
    return false;
  }

  @Nullable String text(String field) throws IOException {
    if (token() == JsonToken.VALUE_STRING) {
      return Text.wellFormed(in.getText());
    }
    wrong(field, "text");
    return null;
  }

  /** An integer, also when written as a float that is one. */
  long number(String field, long absent) throws IOException {
    Long integer = integer();
    if (integer != null) {
      return integer;
    }
    wrong(field, "an integer");
    return absent;
  }

  boolean bool(String field) throws IOException {
    if (token().isBoolean()) {
      return token() == JsonToken.VALUE_TRUE;
    }
    wrong(field, "a boolean");
    return false;
  }

  /** Any number that is finite as a float of 64 bits. */
  @Nullable Double decimal(String field) throws IOException {
    if (token().isNumeric()) {
      double number = in.getDoubleValue();
      if (Double.isFinite(number)) {
        return number;
      }
      refuse(ErrorCode.BAD_REQUEST, field + " is out of range");
      return null;
    }
    wrong(field, "a number");
    return null;
  }

  int smallNumber(String field, int absent) throws IOException {
    long number = number(field, absent);
    if (number != (int) number) {
      refuse(ErrorCode.BAD_REQUEST, field + " is out of range");
      return absent;
    }
    return (int) number;
  }

  /** The current value if it is an integer of 64 bits. */
  @Nullable Long integer() throws IOException {
    if (token() == JsonToken.VALUE_NUMBER_INT) {
      return switch (in.getNumberType()) {
        case INT, LONG -> in.getLongValue();
        case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> null;
      };
    }
    if (token() == JsonToken.VALUE_NUMBER_FLOAT) {
      double number = in.getDoubleValue();
      return number == Math.rint(number) && Math.abs(number) <= EXACT_MAX ? (long) number : null;
    }
    return null;
  }

  /** An object as compact JSON text. */
  @Nullable String json(String field, ErrorCode code) throws IOException {
    if (token() == JsonToken.START_OBJECT) {
      return Wire.compactJson(in);
    }
    wrong(field, "an object", code);
    return null;
  }

  /** A flat map; numbers and booleans in it read as their text. */
  Map<String, String> params(String field) throws IOException {
    if (!object(field)) {
      return Map.of();
    }
    Map<String, String> params = new LinkedHashMap<>();
    for (String name = field(); name != null; name = field()) {
      if (token().isNumeric() || token().isBoolean()) {
        params.put(Text.wellFormed(name), Wire.compactJson(in));
      } else {
        String value = text(field);
        if (value != null) {
          params.put(Text.wellFormed(name), value);
        }
      }
    }
    return params.isEmpty() ? Map.of() : Collections.unmodifiableMap(params);
  }

  <T> List<T> list(String field, Element<T> element) throws IOException {
    if (!opens(JsonToken.START_ARRAY, field, "an array")) {
      return List.of();
    }
    List<T> list = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (token() == JsonToken.VALUE_NULL) {
        refuse(ErrorCode.BAD_REQUEST, field + " has a null in it");
        continue;
      }
      T item = element.read(this);
      if (item != null) {
        list.add(item);
      }
    }
    return Collections.unmodifiableList(list);
  }

  /** A list of texts in which nulls keep their place. */
  List<@Nullable String> texts(String field) throws IOException {
    if (!opens(JsonToken.START_ARRAY, field, "an array")) {
      return List.of();
    }
    List<@Nullable String> list = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      list.add(text(field));
    }
    return Collections.unmodifiableList(list);
  }

  private void wrong(String field, String wanted) throws IOException {
    wrong(field, wanted, ErrorCode.BAD_REQUEST);
  }

  private void wrong(String field, String wanted, ErrorCode code) throws IOException {
    if (token() != JsonToken.VALUE_NULL) {
      refuse(code, field + " must be " + wanted);
      in.skipChildren();
    }
  }
}
