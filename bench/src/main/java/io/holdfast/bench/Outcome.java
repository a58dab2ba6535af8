package io.holdfast.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What one run measured, as one line on the standard output of the process that measured it. */
record Outcome(Map<String, Double> values) {
  static final String MARK = "RESULT ";

  Outcome {
    values = new LinkedHashMap<>(values);
  }

  Outcome() {
    this(Map.of());
  }

  Outcome put(String name, double value) {
    values.put(name, value);
    return this;
  }

  /** Percentiles in milliseconds of a histogram in nanoseconds. */
  Outcome put(String prefix, Histogram nanos) {
    put(prefix + "P50", nanos.getValueAtPercentile(50) / 1e6);
    put(prefix + "P99", nanos.getValueAtPercentile(99) / 1e6);
    return put(prefix + "Max", nanos.getMaxValue() / 1e6);
  }

  double get(String name) {
    Double value = values.get(name);
    if (value == null) {
      throw new LoadFailure("The run did not report " + name + ", only " + values.keySet() + ".");
    }
    return value;
  }

  String line() {
    var line = new StringBuilder(MARK);
    values.forEach(
        (name, value) -> line.append(String.format(Locale.ROOT, "%s=%.6f ", name, value)));
    return line.toString().strip();
  }

  static Outcome parse(String line) {
    var outcome = new Outcome();
    for (String pair : line.substring(MARK.length()).split(" ", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        outcome.put(pair.substring(0, equals), Double.parseDouble(pair.substring(equals + 1)));
      }
    }
    return outcome;
  }
}
