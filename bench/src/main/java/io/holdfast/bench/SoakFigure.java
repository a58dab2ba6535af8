package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * One server under a steady load for a long time, interval by interval: what grows, and how long
 * its collector stops it. Each interval has answers, channels and clients of its own, which leave
 * when it is over, so that whatever stays is kept by mistake.
 */
final class SoakFigure implements Figure {
  private static final double MEBI = 1024 * 1024;

  /** What the server is like when an interval's clients have left. */
  private record Interval(Outcome load, double resident, int openFiles, int threads) {}

  private final List<Interval> intervals = new ArrayList<>();

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    Path data = bench.freshDirectory("server");
    var log = new GcLog(bench.freshDirectory("log").resolve("gc.log"));
    try (var server = bench.server(data, log)) {
      var _ = interval(bench, settings, server, "warm-");
      int written = log.text().length();
      Memory before = Memory.of(server);
      long start = System.nanoTime();
      for (int i = 0; i < settings.soakIntervals(); i++) {
        intervals.add(interval(bench, settings, server, "soak-" + i + "-"));
      }
      double minutes = (System.nanoTime() - start) / 60e9;
      Memory after = Memory.of(server);
      Histogram pauses = GcLog.pauses(log.text().substring(written));
      double disk = (double) StorageFigure.bytes(data) / MEBI;
      return report(bench, settings, minutes, List.of(before, after), pauses, disk);
    }
  }

  private static Interval interval(
      Bench bench, Settings settings, Bench.Target server, String prefix) throws IOException {
    Outcome load =
        StreamsFigure.stream(
            bench, settings, server, settings.soakAnswers(), settings.soakSeconds(), prefix);
    if (load.get("held") != 1) {
      throw new LoadFailure(
          settings.soakAnswers() + " answers at once are more than is held: use --answers.");
    }
    Proc process = server.child().proc();
    return new Interval(
        load, (double) process.residentBytes(), process.openFiles(), process.threads());
  }

  private Report report(
      Bench bench,
      Settings settings,
      double minutes,
      List<Memory> heaps,
      Histogram pauses,
      double disk) {
    var rows = new ArrayList<Row>();
    add(rows, "due to received, p50", "ms", interval -> interval.load.get("tokenP50"));
    add(rows, "due to received, p99", "ms", interval -> interval.load.get("tokenP99"));
    add(rows, "server cpu", "cores", interval -> interval.load.get("heardServerCores"));
    add(rows, "resident memory", "MiB", interval -> interval.resident / MEBI);
    add(rows, "open files", "", Interval::openFiles);
    add(rows, "threads", "", Interval::threads);
    rows.add(
        new Row(
            "live heap, at the end",
            "MiB",
            Samples.of(heaps.getLast().heap() / MEBI),
            "after the warm-up",
            Samples.of(heaps.getFirst().heap() / MEBI)));
    var collected = new Outcome().put("gc", pauses);
    rows.add(Row.alone("collector's pauses", "", Samples.of((double) pauses.getTotalCount())));
    rows.add(Row.alone("a pause, p50", "ms", Samples.of(collected.get("gcP50"))));
    rows.add(Row.alone("a pause, p99", "ms", Samples.of(collected.get("gcP99"))));
    rows.add(Row.alone("a pause, most", "ms", Samples.of(collected.get("gcMax"))));
    rows.add(Row.alone("on disk at the end", "MiB", Samples.of(disk)));
    return new Report(
        "soak",
        Table.number(minutes)
            + " minutes of "
            + settings.soakAnswers()
            + " answers at once, "
            + settings.streamRate()
            + " tokens/s, "
            + settings.readers()
            + " readers each",
        rows,
        List.of(
            intervals.size()
                + " intervals of "
                + settings.soakSeconds()
                + " s, each with channels and connections of its own; memory, files and threads"
                + " after these have left. The last quarter stands beside the first.",
            "Every token is checked as in the figure streams. Pauses are from the server's log, but"
                + " for collections the bench asked for; it runs with "
                + bench.serverFlags()
                + "."));
  }

  private void add(List<Row> rows, String what, String unit, ToDoubleFunction<Interval> figure) {
    int quarter = Math.max(1, intervals.size() / 4);
    rows.add(Row.alone(what + ", every interval", unit, samples(intervals, figure)));
    rows.add(
        new Row(
            what + ", last quarter",
            unit,
            samples(intervals.subList(intervals.size() - quarter, intervals.size()), figure),
            "the first quarter",
            samples(intervals.subList(0, quarter), figure)));
  }

  private static Samples samples(List<Interval> some, ToDoubleFunction<Interval> figure) {
    return new Samples(some.stream().map(figure::applyAsDouble).toList());
  }
}
