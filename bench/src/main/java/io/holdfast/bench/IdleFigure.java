package io.holdfast.bench;

import java.io.IOException;
import java.util.List;

/** Memory of a connection that does nothing, beside one of raw Netty. */
final class IdleFigure implements Figure {
  private static final int FEW = 10;

  /** Files a server opens besides its connections. */
  private static final int OTHER_FILES = 500;

  private record PerConnection(double resident, double heap, double seconds) {}

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    int count = settings.idle();
    long limit = Machine.openFilesLimit();
    if (limit < count + OTHER_FILES) {
      throw new LoadFailure(
          "%d connections need %d open files, the limit is %d: raise it (ulimit -Hn) or use --idle."
              .formatted(count, count + OTHER_FILES, limit));
    }
    PerConnection product;
    try (var server = bench.server(bench.freshDirectory("server"))) {
      product = hold(bench, server, count);
    }
    PerConnection raw;
    try (var netty = bench.rawNetty("idle")) {
      raw = hold(bench, netty, count);
    }
    return new Report(
        "idle",
        count + " connections attached to nothing, less " + FEW,
        List.of(
            row("resident memory per connection", "bytes", product.resident, raw.resident),
            row("live heap per connection", "bytes", product.heap, raw.heap),
            row("time to open them all", "s", product.seconds, raw.seconds)),
        List.of(
            "After a full collection (jcmd GC.class_histogram); kernel socket buffers not counted.",
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
          opened.get("seconds"));
    }
  }

  private static Row row(String what, String unit, double product, double raw) {
    return new Row(what, unit, Samples.of(product), "raw Netty", Samples.of(raw));
  }
}
