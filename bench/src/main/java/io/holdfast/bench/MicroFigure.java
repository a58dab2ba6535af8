package io.holdfast.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What JMH finds of what the product does again and again, in a module that knows the product. */
final class MicroFigure implements Figure {
  private static final String ROW = "ROW\t";
  private static final String DONE = "DONE";
  private static final int PATIENCE_SECONDS = 900;

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    int rounds = settings.microRounds();
    int iterations = settings.microIterations();
    int millis = settings.microMillis();
    var rows = new ArrayList<Row>();
    try (var micro = bench.micro(rounds, iterations, millis)) {
      String line = next(micro);
      while (!line.equals(DONE)) {
        rows.add(row(line));
        line = next(micro);
      }
    }
    return new Report(
        "micro",
        "one thread, no sockets, no disk",
        rows,
        List.of(
            "Rounds: %d, of %d times %d ms each after two to warm up; every round of every benchmark"
                    .formatted(rounds, iterations, millis)
                + " is a JVM of its own, and those of what is compared follow each other.",
            "An append is what one costs from its submission until it is acknowledged, a message to"
                + " 1,000 readers from there until each has a view of its frame; the journal is"
                + " memory. A page is read from a channel in memory and encoded as JSON.",
            "A token is folded into an answer that grows to 300 of them; the baseline keeps nothing"
                + " but the text. A merged map is a new one that shares what did not change; the"
                + " baseline overwrites its own."));
  }

  private static String next(Child micro) {
    return micro.await(PATIENCE_SECONDS, line -> line.startsWith(ROW) || line.equals(DONE));
  }

  static Row row(String line) {
    String[] fields = line.split("\t", -1);
    if (fields.length != 5) {
      throw new LoadFailure("The benchmarks say " + line);
    }
    return new Row(fields[1], "us", samples(fields[3]), fields[2], samples(fields[4]));
  }

  private static Samples samples(String commas) {
    return new Samples(Arrays.stream(commas.split(",", -1)).map(Double::valueOf).toList());
  }
}
