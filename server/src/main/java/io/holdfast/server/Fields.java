package io.holdfast.server;

import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of an object in a request's body; whoever reads one says what it must be. */
record Fields(Map<String, Object> all) {
  /** Those of a body; an empty body has none. */
  static Fields of(Request request) {
    Object body =
        request.body().length == 0
            ? Map.of()
            : BodyCodec.decodeTree(request.bodyFormat(), request.body());
    return of(body, "the body");
  }

  static Fields of(@Nullable Object value, String what) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new Refusal(ErrorCode.BAD_REQUEST.info(what + " must be an object"));
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    map.forEach((name, field) -> fields.put(String.valueOf(name), field));
    return new Fields(fields);
  }

  @Nullable Object value(String name) {
    return all.get(name);
  }

  @Nullable String text(String name) {
    Object value = all.get(name);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw wrong(name, "a text");
  }

  String required(String name) {
    String text = text(name);
    if (text == null || text.isEmpty()) {
      throw wrong(name, "a text that is not empty");
    }
    return text;
  }

  boolean flag(String name) {
    return switch (all.get(name)) {
      case null -> false;
      case Boolean flag -> flag;
      default -> throw wrong(name, "true or false");
    };
  }

  /** A whole number from 0 to {@code max}; it may come as text. */
  long number(String name, long otherwise, long max) {
    Object value = all.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(String.valueOf(value));
      if (number >= 0 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw wrong(name, "a whole number from 0 to " + max);
  }

  Fields fields(String name) {
    Object value = all.get(name);
    return value == null ? new Fields(Map.of()) : of(value, name);
  }

  /** The items of a list as they came; none when it is not there. */
  List<?> items(String name) {
    return switch (all.get(name)) {
      case null -> List.of();
      case List<?> items -> items;
      default -> throw wrong(name, "a list");
    };
  }

  /** The objects of a list. */
  List<Fields> list(String name, int max) {
    List<?> items = items(name);
    if (items.size() > max) {
      throw wrong(name, "a list of at most " + max);
    }
    List<Fields> list = new ArrayList<>();
    for (Object item : items) {
      list.add(of(item, "each of " + name));
    }
    return list;
  }

  private static Refusal wrong(String name, String expected) {
    return new Refusal(ErrorCode.BAD_PARAMETER.info(name + " must be " + expected));
  }
}
