package io.holdfast.sessions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as plain values: maps that keep their order, lists, strings, booleans, null, and numbers as
 * {@code Long} where they are whole and fit, else {@code BigInteger} or {@code Double}. What is
 * read cannot be changed.
 */
final class Json {
  /** Deeper values are not read. */
  private static final int DEPTH_MAX = 512;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .build();

  private Json() {}

  /** Whether a text could be read, and as what. */
  record Parsed(boolean valid, @Nullable Object value) {
    private static final Parsed INVALID = new Parsed(false, null);
  }

  static JsonParser parser(String text) throws IOException {
    return FACTORY.createParser(text);
  }

  /** The one value that the text is. */
  static Parsed parse(String text) {
    try (JsonParser in = FACTORY.createParser(text)) {
      if (in.nextToken() == null) {
        return Parsed.INVALID;
      }
      @Nullable Object value = value(in);
      return in.nextToken() == null ? new Parsed(true, value) : Parsed.INVALID;
    } catch (IOException e) {
      return Parsed.INVALID;
    }
  }

  /** The value, or null when the text is no JSON. */
  static @Nullable Object parseOrNull(@Nullable String text) {
    return text == null ? null : parse(text).value();
  }

  /** The value; the text itself when it is no JSON; null when it is empty. */
  static @Nullable Object parseOrText(String text) {
    if (text.isEmpty()) {
      return null;
    }
    Parsed parsed = parse(text);
    return parsed.valid() ? parsed.value() : text;
  }

  private static @Nullable Object value(JsonParser in) throws IOException {
    JsonToken token = in.currentToken();
    return switch (token) {
      case START_OBJECT -> object(in);
      case START_ARRAY -> array(in);
      case VALUE_STRING -> in.getText();
      case VALUE_NUMBER_INT -> integer(in);
      case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw new IOException("no value: " + token);
    };
  }

  private static Map<String, @Nullable Object> object(JsonParser in) throws IOException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      fields.put(name, value(in));
    }
    return Collections.unmodifiableMap(fields);
  }

  private static List<@Nullable Object> array(JsonParser in) throws IOException {
    List<@Nullable Object> items = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(in));
    }
    return Collections.unmodifiableList(items);
  }

  private static Number integer(JsonParser in) throws IOException {
    return switch (in.getNumberType()) {
      case INT, LONG -> in.getLongValue();
      case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> in.getBigIntegerValue();
    };
  }

  /**
   * Compact text of a value made of maps with text keys, iterables, texts, numbers, booleans and
   * null.
   *
   * @throws IllegalArgumentException when something else is in it
   */
  static String write(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      write(value, out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return text.toString();
  }

  static void write(@Nullable Object value, JsonGenerator out) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case CharSequence text -> out.writeString(text.toString());
      case Boolean bool -> out.writeBoolean(bool);
      case Number number -> write(number, out);
      case Map<?, ?> fields -> {
        out.writeStartObject();
        for (Map.Entry<?, ?> field : fields.entrySet()) {
          out.writeFieldName(String.valueOf(field.getKey()));
          write(field.getValue(), out);
        }
        out.writeEndObject();
      }
      case Iterable<?> items -> {
        out.writeStartArray();
        for (Object item : items) {
          write(item, out);
        }
        out.writeEndArray();
      }
      default ->
          throw new IllegalArgumentException(
              value.getClass().getName() + " has no JSON form; use maps, lists, texts and numbers");
    }
  }

  private static void write(Number number, JsonGenerator out) throws IOException {
    switch (number) {
      case Integer i -> out.writeNumber(i);
      case Long l -> out.writeNumber(l);
      case Short s -> out.writeNumber(s);
      case Byte b -> out.writeNumber(b);
      case BigInteger big -> out.writeNumber(big);
      case BigDecimal big -> out.writeNumber(big);
      default -> {
        double value = number.doubleValue();
        // as JSON.stringify has it: not a number is null
        if (Double.isFinite(value)) {
          out.writeNumber(value);
        } else {
          out.writeNull();
        }
      }
    }
  }

  static String object(JsonBody body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      out.writeStartObject();
      body.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return text.toString();
  }

  /** What writes the fields of an object. */
  interface JsonBody {
    void write(JsonGenerator out) throws IOException;
  }

  /** The value as an object, or null when it is none. */
  @SuppressWarnings("unchecked") // the keys of what was read are texts; others are ours
  static @Nullable Map<String, @Nullable Object> asObject(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : null;
  }

  /** The items of a list; none when the value is no list. */
  static List<? extends @Nullable Object> asList(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  static @Nullable String asText(@Nullable Object value) {
    return value instanceof String text ? text : null;
  }

  static String textOrEmpty(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }

  static @Nullable Boolean asBoolean(@Nullable Object value) {
    return value instanceof Boolean bool ? bool : null;
  }
}
