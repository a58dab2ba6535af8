package io.holdfast.micro;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A benchmark and what it stands beside.
 *
 * @param product the class and the method of ours, as JMH names them
 * @param baseline those of the other
 * @param what both do, for people
 */
record Comparison(String what, String product, String baselineName, String baseline) {
  private static final String JACKSON = "plain Jackson, a tree";

  static final List<Comparison> ALL =
      List.of(
          codec("decode a frame, JSON", "decodeJson"),
          codec("encode a frame, JSON", "encodeJson"),
          codec("decode a frame, MessagePack", "decodeMsgpack"),
          codec("encode a frame, MessagePack", "encodeMsgpack"),
          of("fold a token into an answer", "Fold", "fold", "Plain", "a StringBuilder"),
          of("an append, ten rolled up", "Rollup", "rollup", "Plain", "each its own entry"),
          of(
              "a message to 1,000 readers",
              "Fanout",
              "fanout",
              "Plain",
              "encoded once, 1,000 views"),
          of("a page of 100 messages", "Page", "page", "Plain", JACKSON),
          of("a page of 100 messages", "Page", "page", "Copied", "a copy of its bytes"),
          of("merge a set into a map of 1,000", "Merge", "merge", "Plain", "a HashMap, in place"));

  private static Comparison codec(String what, String method) {
    return of(what, "Codec", method, "Plain", JACKSON);
  }

  private static Comparison of(
      String what, String type, String method, String other, String baselineName) {
    String ours = type + "Benchmark." + method;
    return new Comparison(what, ours, baselineName, ours + other);
  }

  /** One line for {@code bench}: what, the other's name, and the microseconds of either. */
  String line(Map<String, List<Double>> scores) {
    return String.join("\t", "ROW", what, baselineName, of(scores, product), of(scores, baseline));
  }

  private static String of(Map<String, List<Double>> scores, String name) {
    List<Double> found = scores.get(name);
    if (found == null) {
      throw new IllegalStateException(name + " was not measured, only " + scores.keySet());
    }
    return found.stream()
        .map(score -> String.format(Locale.ROOT, "%.6f", score))
        .collect(Collectors.joining(","));
  }
}
