package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * From the moment a server's process is asked for until it says that it is ready, through the
 * launcher that users start it with: on an empty directory and on one with much in it, stopped
 * cleanly or killed. Beside a JVM that starts raw Netty.
 */
final class StartFigure implements Figure {
  private static final String NETTY = "raw Netty, its JVM started directly";
  private static final int CHANNELS = 32;

  /** How the directory is named that the target is about. */
  static final String LARGE = "on 10 GB";

  private static final double LARGE_MEBI = 10e9 / (1024 * 1024);

  /** Random letters take about six tenths on disk. */
  private static final int MESSAGE_BYTES = 32 << 10;

  private static final double MEBI = 1024 * 1024;
  private static final int PATIENCE_SECONDS = 3600;

  private final List<Double> empty = new ArrayList<>();
  private final List<Double> clean = new ArrayList<>();
  private final List<Double> killed = new ArrayList<>();
  private final List<Double> netty = new ArrayList<>();

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    // The launcher builds what is not built, which is no part of a start.
    bench.server(bench.freshDirectory("first")).close();
    Path data = bench.freshDirectory("large");
    long began = System.nanoTime();
    int messages = fill(bench, data, settings.mebibytes());
    double seconds = (System.nanoTime() - began) / 1e9;
    double size = (double) StorageFigure.bytes(data) / MEBI;
    for (int run = 0; run < settings.memoryRuns(); run++) {
      empty.add(start(bench, bench.freshDirectory("empty"), false));
      netty.add(rawStart(bench));
      clean.add(start(bench, data, true));
      killed.add(start(bench, data, false));
    }
    check(bench, data, messages);
    return report(bench, size, messages, seconds);
  }

  /** Messages in all; fills until the directory has its size. */
  private static int fill(Bench bench, Path data, int mebibytes) throws IOException {
    int each = 0;
    try (var server = bench.server(data);
        var load = bench.load("hold", server, "--payload", Integer.toString(MESSAGE_BYTES))) {
      int step = Math.max(1, (int) (mebibytes * MEBI / CHANNELS / MESSAGE_BYTES / 4));
      while ((double) StorageFigure.bytes(data) / MEBI < mebibytes) {
        each += step;
        var _ = load.command(PATIENCE_SECONDS, "fills large- %d %d".formatted(CHANNELS, step));
      }
    }
    return each * CHANNELS;
  }

  /**
   * Seconds until it is ready.
   *
   * @param killed how it ends, for the start after this one
   */
  private static double start(Bench bench, Path data, boolean killed) throws IOException {
    long start = System.nanoTime();
    Bench.Target server = bench.server(data);
    double seconds = (System.nanoTime() - start) / 1e9;
    // Ready is what serves: a client must be greeted.
    try (var load = bench.load("hold", server)) {
      var _ = load.command(60, "open 1");
      var _ = load.command(60, "fill started 10");
    }
    if (killed) {
      server.child().kill();
    } else {
      server.close();
    }
    return seconds;
  }

  private static double rawStart(Bench bench) throws IOException {
    long start = System.nanoTime();
    Bench.Target raw = bench.rawNetty("idle");
    double seconds = (System.nanoTime() - start) / 1e9;
    raw.close();
    return seconds;
  }

  /** What was started so often must still have everything. */
  private static void check(Bench bench, Path data, int messages) throws IOException {
    double found = 0;
    try (var server = bench.server(data);
        var load = bench.load("hold", server)) {
      for (int channel = 0; channel < CHANNELS; channel++) {
        found += load.command(PATIENCE_SECONDS, "history large-" + channel).get("messages");
      }
    }
    if (found != messages) {
      throw new LoadFailure(
          "%.0f of %d messages are there after the starts.".formatted(found, messages));
    }
  }

  private Report report(Bench bench, double size, int messages, double seconds) {
    String large = size < LARGE_MEBI ? "on " + Table.number(size) + " MiB" : LARGE;
    return new Report(
        "start",
        "from its process to ready, through the launcher",
        List.of(
            row("an empty directory", empty),
            row(large + ", stopped cleanly", clean),
            row(large + ", killed", killed),
            Row.alone("the large directory", "MiB", Samples.of(size)),
            Row.alone("messages in it", "", Samples.of(messages)),
            Row.alone("filled in", "s", Samples.of(seconds))),
        List.of(
            "Each start is followed by a client that connects, attaches and publishes; in the end"
                + " every message of the large directory must still be there. It holds "
                + CHANNELS
                + " channels. The kernel may have its files in memory.",
            "The launcher looks at the sources each time, to see whether they are built, which the"
                + " figure holds and the baseline does not. JVM options: "
                + bench.serverFlags()
                + "."));
  }

  private Row row(String what, List<Double> seconds) {
    return new Row(what, "s", new Samples(seconds), NETTY, new Samples(netty));
  }
}
