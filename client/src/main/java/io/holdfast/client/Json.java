package io.holdfast.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as trees: maps with text keys in the order they came, lists, texts, {@link Long} (or {@link
 * BigInteger} when too large), {@link Double}, booleans and nulls.
 */
public final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(256).build())
          .build();

  private Json() {}

  /**
   * Reads one value.
   *
   * @throws IllegalArgumentException when the text is not JSON
   */
  public static @Nullable Object parse(String text) {
    try (JsonParser in = FACTORY.createParser(text)) {
      if (in.nextToken() == null) {
        throw new IllegalArgumentException("no JSON: the text is empty");
      }
      Object tree = value(in);
      if (in.nextToken() != null) {
        throw new IllegalArgumentException("no JSON: something follows the value");
      }
      return tree;
    } catch (IOException e) {
      throw new IllegalArgumentException("no JSON", e);
    }
  }

  /** Reads an object; empty when the text is null. */
  static Map<String, @Nullable Object> object(@Nullable String text) {
    return text == null ? Map.of() : map(parse(text));
  }

  /** The tree as a map; empty when it is none. */
  static Map<String, @Nullable Object> map(@Nullable Object tree) {
    if (!(tree instanceof Map<?, ?> map)) {
      return Map.of();
    }
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), value));
    return copy;
  }

  /**
   * Writes a tree as compact text.
   *
   * @throws IllegalArgumentException when something in it has no form in JSON
   */
  public static String write(@Nullable Object tree) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      write(out, tree, 0);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot be written as JSON", e);
    }
    return text.toString();
  }

  private static @Nullable Object value(JsonParser in) throws IOException {
    JsonToken token = in.currentToken();
    return switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
          String name = in.currentName();
          in.nextToken();
          map.put(name, value(in));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(in));
        }
        yield list;
      }
      case VALUE_STRING -> in.getText();
      case VALUE_NUMBER_INT ->
          in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? (Object) in.getBigIntegerValue()
              : (Object) in.getLongValue();
      case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case VALUE_EMBEDDED_OBJECT, END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE ->
          throw new IllegalArgumentException("no JSON: a value is missing");
    };
  }

  private static void write(JsonGenerator out, @Nullable Object tree, int depth)
      throws IOException {
    if (depth > 256) {
      throw new IllegalArgumentException("nested deeper than 256, or within itself");
    }
    switch (tree) {
      case null -> out.writeNull();
      case Map<?, ?> map -> {
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          if (!(entry.getKey() instanceof String name)) {
            throw new IllegalArgumentException("a key that is not text");
          }
          out.writeFieldName(name);
          write(out, entry.getValue(), depth + 1);
        }
        out.writeEndObject();
      }
      case Iterable<?> list -> {
        out.writeStartArray();
        for (Object item : list) {
          write(out, item, depth + 1);
        }
        out.writeEndArray();
      }
      case CharSequence text -> out.writeString(text.toString());
      case Boolean bool -> out.writeBoolean(bool);
      case Double number -> out.writeNumber(finite(number));
      case Float number -> out.writeNumber(finite(number.doubleValue()));
      case BigInteger number -> out.writeNumber(number);
      case BigDecimal number -> out.writeNumber(number);
      case Number number -> out.writeNumber(number.longValue());
      case Enum<?> constant -> out.writeString(constant.name());
      default ->
          throw new IllegalArgumentException(tree.getClass().getName() + " has no form in JSON");
    }
  }

  private static double finite(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new IllegalArgumentException("a number that is not finite");
    }
    return number;
  }
}
