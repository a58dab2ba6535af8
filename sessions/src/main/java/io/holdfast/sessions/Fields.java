package io.holdfast.sessions;

import io.holdfast.client.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects a codec's headers; what is null is left out, as the wire has it. */
final class Fields {
  private final Map<String, String> values = new LinkedHashMap<>();

  private Fields(String kind) {
    values.put(Codec.KIND, kind);
  }

  static Fields of(String kind) {
    return new Fields(kind);
  }

  Fields text(String name, @Nullable String value) {
    if (value != null) {
      values.put(name, value);
    }
    return this;
  }

  Fields flag(String name, @Nullable Boolean value) {
    return text(name, value == null ? null : value.toString());
  }

  Fields json(String name, @Nullable Object value) {
    return text(name, value == null ? null : Json.write(value));
  }

  Map<String, String> map() {
    return Map.copyOf(values);
  }
}
