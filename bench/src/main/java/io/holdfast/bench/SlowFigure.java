package io.holdfast.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One of a hundred readers reads at a hundredth of the speed: what the others notice of it, and
 * what the server keeps for it. Runs alternate with the same ones without it.
 */
final class SlowFigure implements Figure {
  private static final String WITHOUT = "nobody slow, same run";
  private static final double SLOW_PART = 0.01;
  private static final double MEBI = 1024 * 1024;
  private static final int PATIENCE_SECONDS = 180;

  /** Beside the first answers, while the JVM still compiles. */
  private static final int WARM_MILLIS = 3000;

  private record Kept(Outcome streamed, Memory memory) {}

  private final List<Kept> without = new ArrayList<>();
  private final List<Kept> with = new ArrayList<>();
  private final List<Outcome> caughtUp = new ArrayList<>();

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    try (var server = bench.server(bench.freshDirectory("server"))) {
      int runs = settings.quick() ? 1 : settings.runs();
      for (int run = 0; run < runs; run++) {
        without.add(stream(bench, settings, server, run, 0));
        double full = without.getFirst().streamed.get("bytesEach");
        with.add(stream(bench, settings, server, run, (int) Math.max(1, full * SLOW_PART)));
      }
    }
    return report(bench, settings);
  }

  private Kept stream(Bench bench, Settings settings, Bench.Target server, int run, int slow)
      throws IOException {
    try (var load =
        bench.load(
            "slow",
            server,
            "--channel",
            "slow-" + run + "-" + slow,
            "--slow",
            Integer.toString(slow),
            "--readers",
            Integer.toString(settings.slowReaders()),
            "--answers",
            Integer.toString(settings.slowAnswers()),
            "--rate",
            Integer.toString(settings.streamRate()),
            "--warmup",
            Integer.toString(settings.quick() ? 1000 : WARM_MILLIS),
            "--millis",
            Integer.toString(settings.slowMillis()))) {
      Outcome streamed = load.outcome(PATIENCE_SECONDS + settings.slowMillis() / 1000);
      // While what the slow one has not read is still waiting for it.
      var kept = new Kept(streamed, Memory.of(server));
      if (slow > 0) {
        caughtUp.add(load.command(PATIENCE_SECONDS, "catch-up"));
      }
      return kept;
    }
  }

  private Report report(Bench bench, Settings settings) {
    var rows = new ArrayList<Row>();
    rows.add(row("the others, due to received, p50", "ms", kept -> kept.streamed.get("tokenP50")));
    rows.add(row("the others, due to received, p99", "ms", kept -> kept.streamed.get("tokenP99")));
    rows.add(row("the others, most", "ms", kept -> kept.streamed.get("tokenMax")));
    rows.add(row("live heap, with the slow one behind", "MiB", kept -> kept.memory.heap() / MEBI));
    rows.add(row("resident memory then", "MiB", kept -> kept.memory.resident() / MEBI));
    rows.add(row("server cpu", "cores", kept -> kept.streamed.get("heardServerCores")));
    rows.add(
        Row.alone(
            "what the slow one lacks at the end",
            "of 1",
            samples(with, kept -> kept.streamed.get("behindPart"))));
    rows.add(Row.alone("its way to the right text", "ms", of("caughtUp")));
    rows.add(Row.alone("all that it received", "bytes", of("slowBytes")));
    rows.add(Row.alone("texts sent to it again", "", of("mended")));
    rows.add(Row.alone("its connections ended by the server", "", of("returns")));
    return new Report(
        "slow",
        settings.slowReaders()
            + " readers of one channel with "
            + settings.slowAnswers()
            + " answers at "
            + settings.streamRate()
            + " tokens/s, one of them slow",
        rows,
        List.of(
            "The slow one takes in "
                + Table.number(SLOW_PART * without.getFirst().streamed.get("bytesEach"))
                + " bytes a second, a hundredth of what the others do, with 4 KiB of room in the"
                + " kernel. When the others have everything it may read freely, and must come to"
                + " the right text. Every token of every reader is checked in its place.",
            Report.driver(samples(with, kept -> kept.streamed.get("heardDriverCores"))),
            "The server runs with the JVM options " + bench.serverFlags() + "."));
  }

  private Row row(String what, String unit, ToDoubleFunction<Kept> figure) {
    return new Row(what, unit, samples(with, figure), WITHOUT, samples(without, figure));
  }

  private static Samples samples(List<Kept> runs, ToDoubleFunction<Kept> figure) {
    return new Samples(runs.stream().map(figure::applyAsDouble).toList());
  }

  private Samples of(String name) {
    return Samples.of(caughtUp, run -> run.get(name));
  }
}
