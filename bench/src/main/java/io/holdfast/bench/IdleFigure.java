package io.holdfast.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Memory of a connection that does nothing, beside one of raw Netty. */
final class IdleFigure implements Figure {
  private static final int FEW = 10;

  /** Files a server opens besides its connections. */
  private static final int OTHER_FILES = 500;

  private record PerConnection(double resident, double heap, double openMillis) {}

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    int count = settings.idle();
    long limit = Machine.openFilesLimit();
    if (limit < count + OTHER_FILES) {
      throw new LoadFailure(
          "%d connections need %d open files, the limit is %d: raise it (ulimit -Hn) or use --idle."
              .formatted(count, count + OTHER_FILES, limit));
    }
    var product = new ArrayList<PerConnection>();
    var raw = new ArrayList<PerConnection>();
    for (int run = 0; run < settings.memoryRuns(); run++) {
      try (var server = bench.server(bench.freshDirectory("server"))) {
        product.add(hold(bench, server, count));
      }
      try (var netty = bench.rawNetty("idle")) {
        raw.add(hold(bench, netty, count));
      }
    }
    return new Report(
        "idle",
        count + " connections attached to nothing, less " + FEW,
        List.of(
            row("resident memory", "bytes", product, raw, PerConnection::resident),
            row("live heap", "bytes", product, raw, PerConnection::heap),
            row("time to open", "ms", product, raw, PerConnection::openMillis)),
        List.of(
            "Each per connection and after a full collection (jcmd GC.class_histogram), new"
                + " processes for each run. Kernel socket buffers are not counted. Resident memory"
                + " also follows what the collector touched: read its spread.",
            "Open files: " + limit + " allowed. JVM options: " + bench.serverFlags() + "."));
  }

  private static PerConnection hold(Bench bench, Bench.Target target, int count)
      throws IOException {
    try (var load = bench.load("hold", target)) {
      var _ = load.command(30, "open " + FEW);
      var before = Memory.of(target);
      Outcome opened = load.command(120, "open " + (count - FEW));
      var after = Memory.of(target);
      double more = count - FEW;
      return new PerConnection(
          (after.resident() - before.resident()) / more,
          (after.heap() - before.heap()) / more,
          opened.get("seconds") * 1000 / more);
    }
  }

  private static Row row(
      String what,
      String unit,
      List<PerConnection> product,
      List<PerConnection> raw,
      ToDoubleFunction<PerConnection> figure) {
    return new Row(
        what,
        unit,
        new Samples(product.stream().map(figure::applyAsDouble).toList()),
        "raw Netty",
        new Samples(raw.stream().map(figure::applyAsDouble).toList()));
  }
}
