package io.holdfast.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Thousands of clients cut off at once that all come back within two seconds: when each is caught
 * up, and what publishers notice. Fails when a client misses a message or gets one twice.
 */
final class StormFigure implements Figure {
  private static final int WITHIN_MILLIS = 2000;
  private static final int PATIENCE_SECONDS = 400;

  private final List<Outcome> runs = new ArrayList<>();

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    try (var server = bench.server(bench.freshDirectory("server"))) {
      for (int run = 0; run < settings.memoryRuns(); run++) {
        runs.add(storm(bench, settings, server, run));
      }
    }
    return report(bench, settings);
  }

  private static Outcome storm(Bench bench, Settings settings, Bench.Target server, int run)
      throws IOException {
    try (var load =
        bench.load(
            "storm",
            server,
            "--prefix",
            "storm-" + run + "-",
            "--clients",
            Integer.toString(settings.stormClients()),
            "--channels",
            Integer.toString(settings.stormChannels()),
            "--rate",
            Integer.toString(settings.stormRate()),
            "--within",
            Integer.toString(WITHIN_MILLIS),
            "--warmup",
            Integer.toString(settings.warmup(run)),
            "--millis",
            Integer.toString(settings.millis()))) {
      return load.outcome(PATIENCE_SECONDS);
    }
  }

  private Report report(Bench bench, Settings settings) {
    var rows = new ArrayList<Row>();
    rows.add(row("from the cut until the last is attached", "ms", "allBack"));
    rows.add(row("from the cut until all are caught up", "ms", "allCaughtUp"));
    rows.add(row("one's return until attached, p50", "ms", "backP50"));
    rows.add(row("one's return until attached, p99", "ms", "backP99"));
    rows.add(row("one's return until caught up, p50", "ms", "caughtUpP50"));
    rows.add(row("one's return until caught up, p99", "ms", "caughtUpP99"));
    rows.add(row("messages missed and told", "", "missed"));
    rows.add(row("publishes refused", "", "refused"));
    rows.add(row("clients cut a second time", "", "cutAgain"));
    rows.add(ack("a publish's ack, p50", "P50"));
    rows.add(ack("a publish's ack, p99", "P99"));
    rows.add(ack("a publish's ack, most", "Max"));
    rows.add(row("server cpu", "cores", "stormServerCores"));
    rows.add(row("driver cpu", "cores", "stormDriverCores"));
    return new Report(
        "storm",
        settings.stormClients()
            + " clients of "
            + settings.stormChannels()
            + " channels cut at once, back within "
            + WITHIN_MILLIS
            + " ms",
        rows,
        List.of(
            "They come back evenly over that time, each resuming where it was; what one takes"
                + " counts from when it was due. All the while "
                + settings.stormRate()
                + " messages a second are published on a schedule from connections that are not"
                + " cut. Caught up: it has all that was published when it was attached again.",
            "Messages are numbered; every client got each number once and in order, before, during"
                + " and after.",
            Report.driver(Samples.of(runs, run -> run.get("stormDriverCores"))),
            "The server runs with the JVM options " + bench.serverFlags() + "."));
  }

  private Row row(String what, String unit, String name) {
    return Row.alone(what, unit, Samples.of(runs, run -> run.get(name)));
  }

  private Row ack(String what, String percentile) {
    return new Row(
        what,
        "ms",
        Samples.of(runs, run -> run.get("storm" + percentile)),
        "before the cut, same run",
        Samples.of(runs, run -> run.get("calm" + percentile)));
  }
}
