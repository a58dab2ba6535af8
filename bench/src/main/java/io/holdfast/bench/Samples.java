package io.holdfast.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One figure of several runs, in the order they ran; empty when there is nothing to compare with.
 */
record Samples(List<Double> values) {
  Samples {
    values = List.copyOf(values);
  }

  static Samples none() {
    return new Samples(List.of());
  }

  static Samples of(double value) {
    return new Samples(List.of(value));
  }

  static Samples of(List<Outcome> runs, ToDoubleFunction<Outcome> figure) {
    return new Samples(runs.stream().map(figure::applyAsDouble).toList());
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  double median() {
    double[] sorted = sorted();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** The smallest that so many of a hundred do not exceed. */
  double percentile(double percent) {
    double[] sorted = sorted();
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
  }

  double min() {
    return sorted()[0];
  }

  double max() {
    return sorted()[values.size() - 1];
  }

  private double[] sorted() {
    if (values.isEmpty()) {
      throw new IllegalStateException("No run, no statistics.");
    }
    return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }
}
