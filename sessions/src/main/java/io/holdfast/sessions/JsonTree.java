package io.holdfast.sessions;

import io.holdfast.client.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks into JSON trees as they come from others: what is not there or of another kind is null. */
final class JsonTree {
  private JsonTree() {}

  /** The value, or null when the text is no JSON. */
  static @Nullable Object parseOrNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : parseOr(text, null);
  }

  /** The value; the text itself when it is no JSON; null when it is empty. */
  static @Nullable Object parseOrText(String text) {
    return text.isEmpty() ? null : parseOr(text, text);
  }

  private static @Nullable Object parseOr(String text, @Nullable Object otherwise) {
    try {
      return Json.parse(text);
    } catch (IllegalArgumentException e) {
      return otherwise;
    }
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
