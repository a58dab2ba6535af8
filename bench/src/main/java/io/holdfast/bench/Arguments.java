package io.holdfast.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Words and {@code --name value} pairs of a command line. */
record Arguments(List<String> words, Map<String, String> values) {
  Arguments {
    words = List.copyOf(words);
    values = Map.copyOf(values);
  }

  static Arguments of(String... args) {
    var words = new ArrayList<String>();
    var values = new HashMap<String, String>();
    for (int i = 0; i < args.length; i++) {
      if (!args[i].startsWith("--")) {
        words.add(args[i]);
      } else if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " needs a value.");
      } else {
        values.put(args[i].substring(2), args[++i]);
      }
    }
    return new Arguments(words, values);
  }

  String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  int number(String name, int otherwise) {
    String value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--" + name + " needs a whole number, not " + value + ".", e);
    }
  }

  /** Several, with commas between them. */
  List<Integer> numbers(String name) {
    var numbers = new ArrayList<Integer>();
    for (String one : text(name, "").split(",", -1)) {
      numbers.add(new Arguments(List.of(), Map.of(name, one)).number(name));
    }
    return List.copyOf(numbers);
  }

  int number(String name) {
    if (!values.containsKey(name)) {
      throw new IllegalArgumentException("--" + name + " is missing.");
    }
    return number(name, 0);
  }
}
