package io.holdfast.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of the configuration file while it is read. Mistakes are collected with the path of the
 * field, so that one look at the file mends them all; a field nobody asks for is a mistake too.
 */
final class Section {
  private final String path;
  private final Map<?, ?> fields;
  private final List<String> faults;
  private final Set<String> asked = new HashSet<>();

  private Section(String path, Map<?, ?> fields, List<String> faults) {
    this.path = path;
    this.fields = fields;
    this.faults = faults;
  }

  /** The whole file; mistakes are added to {@code faults}. */
  static Section root(@Nullable Object document, List<String> faults) {
    return of("", document, faults);
  }

  private static Section of(String path, @Nullable Object value, List<String> faults) {
    if (value instanceof Map<?, ?> fields) {
      return new Section(path, fields, faults);
    }
    if (value != null) {
      faults.add((path.isEmpty() ? "the file" : path) + ": must be a mapping of fields");
    }
    return new Section(path, Map.of(), faults);
  }

  /** A mistake in a field of this section, {@code field: what is wrong}. */
  void fault(String sentence) {
    faults.add(path.isEmpty() ? sentence : path + "." + sentence);
  }

  boolean has(String field) {
    return fields.get(field) != null;
  }

  @Nullable String text(String field) {
    Object value = value(field);
    if (value instanceof Map || value instanceof List) {
      fault(field + ": must be a text");
      return null;
    }
    return value == null ? null : value.toString();
  }

  /** A text that must be there and be of a form; empty when it is not. */
  String required(String field, java.util.regex.Pattern form, String expected) {
    String text = text(field);
    if (text == null) {
      fault(field + ": is missing");
      return "";
    }
    if (!form.matcher(text).matches()) {
      fault(field + ": must be " + expected);
      return "";
    }
    return text;
  }

  /** The value as the file has it, for a field that takes more than one shape. */
  @Nullable Object value(String field) {
    asked.add(field);
    return fields.get(field);
  }

  boolean flag(String field, boolean otherwise) {
    Object value = value(field);
    if (value == null || value instanceof Boolean) {
      return value == null ? otherwise : (Boolean) value;
    }
    fault(field + ": must be true or false");
    return otherwise;
  }

  Duration duration(String field, Duration otherwise) {
    return parsed(field, otherwise, Quantity::duration);
  }

  long size(String field, long otherwise, long max) {
    long bytes = parsed(field, otherwise, Quantity::bytes);
    if (bytes > max) {
      fault(field + ": must be at most " + max + " bytes");
      return otherwise;
    }
    return bytes;
  }

  long number(String field, long otherwise, long min, long max) {
    Object value = value(field);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof Integer || value instanceof Long)
        || ((Number) value).longValue() < min
        || ((Number) value).longValue() > max) {
      fault(field + ": must be a whole number from " + min + " to " + max);
      return otherwise;
    }
    return ((Number) value).longValue();
  }

  private <T> T parsed(String field, T otherwise, Function<String, T> parser) {
    String text = text(field);
    try {
      return text == null ? otherwise : parser.apply(text);
    } catch (IllegalArgumentException | ArithmeticException e) {
      fault(field + ": " + e.getMessage());
      return otherwise;
    }
  }

  Section section(String field) {
    return of(path.isEmpty() ? field : path + "." + field, value(field), faults);
  }

  /** The sections of a list, empty when the field is not there. */
  List<Section> sections(String field) {
    Object value = value(field);
    List<Section> sections = new ArrayList<>();
    if (value instanceof List<?> items) {
      for (int i = 0; i < items.size(); i++) {
        String at = (path.isEmpty() ? "" : path + ".") + field + "[" + i + "]";
        sections.add(of(at, items.get(i), faults));
      }
    } else if (value != null) {
      fault(field + ": must be a list");
    }
    return sections;
  }

  /** To be called when all fields that there can be have been asked for. */
  void finish() {
    for (Object field : fields.keySet()) {
      if (!asked.contains(String.valueOf(field))) {
        fault(field + ": there is no such setting");
      }
    }
  }
}
