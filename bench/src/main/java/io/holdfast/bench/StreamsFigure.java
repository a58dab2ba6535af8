package io.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Token streams: many answers at once, each with its readers, from the moment a token is due until
 * a reader has it; and how many answers at once hold that within bounds. Fails when a token is
 * lost.
 */
final class StreamsFigure implements Figure {
  private static final double MAX_P99_MILLIS = 100;
  private static final int PATIENCE_SECONDS = 180;

  /** Files of the driver and the server besides their connections. */
  private static final int OTHER_FILES = 500;

  private final List<Outcome> asked = new ArrayList<>();
  private final List<Outcome> largest = new ArrayList<>();

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    int answers = settings.streams();
    int found;
    try (var server = bench.server(bench.freshDirectory("server"))) {
      var _ = stream(bench, settings, server, Math.min(answers, 100), "warm-");
      for (int run = 0; run < settings.memoryRuns(); run++) {
        asked.add(stream(bench, settings, server, answers, "run-" + run + "-"));
      }
      found = search(settings).from(answers, number -> holds(bench, settings, server, number));
    }
    return report(bench, settings, answers, found);
  }

  private static Largest search(Settings settings) throws IOException {
    int most = (int) Math.min(20_000, Machine.openFilesLimit() - OTHER_FILES) / settings.readers();
    return settings.quick() ? new Largest(3, most, 0.5) : new Largest(10, most, 0.08);
  }

  private boolean holds(Bench bench, Settings settings, Bench.Target server, int number) {
    try {
      boolean known = number == settings.streams();
      Outcome outcome =
          known ? worst() : stream(bench, settings, server, number, "try-" + number + "-");
      boolean holds = held(outcome);
      if (holds) {
        largest.clear();
        largest.add(outcome);
      }
      return holds;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the runs with as many as were asked for. */
  private Outcome worst() {
    Outcome worst = asked.getFirst();
    for (Outcome run : asked) {
      if (!held(run) || (held(worst) && run.get("tokenP99") > worst.get("tokenP99"))) {
        worst = run;
      }
    }
    return worst;
  }

  private static boolean held(Outcome outcome) {
    return outcome.get("held") == 1 && outcome.get("tokenP99") <= MAX_P99_MILLIS;
  }

  private static Outcome stream(
      Bench bench, Settings settings, Bench.Target server, int answers, String prefix)
      throws IOException {
    return stream(bench, settings, server, answers, settings.streamSeconds(), prefix);
  }

  /** Answers on channels with a prefix that was not used yet, to their ends. */
  static Outcome stream(
      Bench bench, Settings settings, Bench.Target server, int answers, int seconds, String prefix)
      throws IOException {
    try (var load =
        bench.load(
            "streams",
            server,
            "--answers",
            Integer.toString(answers),
            "--prefix",
            prefix,
            "--rate",
            Integer.toString(settings.streamRate()),
            "--readers",
            Integer.toString(settings.readers()),
            "--warmup",
            Integer.toString(settings.warmup(1)),
            "--millis",
            Integer.toString(seconds * 1000))) {
      return load.outcome(PATIENCE_SECONDS + seconds);
    }
  }

  private Report report(Bench bench, Settings settings, int answers, int found) {
    var rows = new ArrayList<Row>();
    rows.add(row("tokens due to readers", "/s", Samples.of(due(settings, answers))));
    rows.add(row("tokens received", "/s", of("heardRate")));
    rows.add(row("held to the end", "of 1", of("held")));
    rows.add(row("due to received, p50", "ms", of("tokenP50")));
    rows.add(row("due to received, p99", "ms", of("tokenP99")));
    rows.add(row("due to received, most", "ms", of("tokenMax")));
    rows.add(row("tokens a frame", "", Samples.of(asked, r -> r.get("tokens") / r.get("frames"))));
    rows.add(row("texts sent again", "", of("mended")));
    rows.add(row("server cpu", "cores", of("heardServerCores")));
    rows.add(row("driver cpu", "cores", of("heardDriverCores")));
    rows.add(row("most answers at once with p99 within 100 ms", "", Samples.of(found)));
    if (!largest.isEmpty()) {
      Outcome at = largest.getFirst();
      rows.add(row("with those, due to received, p99", "ms", Samples.of(at.get("tokenP99"))));
      rows.add(row("with those, server cpu", "cores", Samples.of(at.get("heardServerCores"))));
    }
    return new Report(
        "streams",
        answers
            + " answers at once, "
            + settings.streamRate()
            + " tokens/s, "
            + settings.readers()
            + " readers each",
        rows,
        List.of(
            "Every token is a number of its own, an append of its own, and is checked in its place"
                + " at every reader; each reader is a connection, the writers share 16. Latency"
                + " counts from the moment a token was due and holds the rollup's window of 40 ms.",
            "A run is given up when more than three seconds of tokens are unacknowledged: it was"
                + " not held to the end, and its latencies are of what came before.",
            Report.driver(of("heardDriverCores")),
            "The server runs with the JVM options " + bench.serverFlags() + "."));
  }

  private static double due(Settings settings, int answers) {
    return (double) answers * settings.streamRate() * settings.readers();
  }

  private static Row row(String what, String unit, Samples samples) {
    return Row.alone(what, unit, samples);
  }

  private Samples of(String name) {
    return Samples.of(asked, run -> run.get(name));
  }
}
