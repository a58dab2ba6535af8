package io.holdfast.simulator;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** How often each thing has happened, over all histories. */
final class Counts {
  private final LongAdder[] counts = new LongAdder[Happening.values().length];

  Counts() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  void add(Happening happening) {
    counts[happening.ordinal()].increment();
  }

  void add(Happening happening, long count) {
    counts[happening.ordinal()].add(count);
  }

  long of(Happening happening) {
    return counts[happening.ordinal()].sum();
  }

  void addAll(Counts others) {
    for (Happening happening : Happening.values()) {
      add(happening, others.of(happening));
    }
  }

  Map<String, Long> all() {
    Map<String, Long> all = new TreeMap<>();
    for (Happening happening : Happening.values()) {
      all.put(happening.words(), of(happening));
    }
    return all;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    all().forEach((words, count) -> text.append(String.format("  %,12d  %s%n", count, words)));
    return text.toString();
  }
}
