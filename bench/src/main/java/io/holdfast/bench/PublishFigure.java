package io.holdfast.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Durable publishes through WebSocket, beside what the same engine and the same sockets can do. */
final class PublishFigure implements Figure {
  private static final String SOCKETS = "raw Netty + RocksDB group commit";
  private static final String STORE = "RocksDB group commit alone";

  private final List<Outcome> own = new ArrayList<>();
  private final List<Outcome> shared = new ArrayList<>();
  private final List<Outcome> sockets = new ArrayList<>();
  private final List<Outcome> store = new ArrayList<>();

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    try (var server = bench.server(bench.freshDirectory("server"));
        var netty = bench.rawNetty("commit", "--data", bench.freshDirectory("netty").toString())) {
      for (int run = 0; run < settings.runs(); run++) {
        own.add(publish(bench, settings, server, run, "own"));
        sockets.add(publish(bench, settings, netty, run, "own"));
        shared.add(publish(bench, settings, server, run, "one"));
        store.add(store(bench, settings, run));
      }
    }
    return report(bench, settings);
  }

  private static Outcome publish(
      Bench bench, Settings settings, Bench.Target target, int run, String channels)
      throws IOException {
    try (var load =
        bench.load(
            "publish",
            target,
            "--channels",
            channels,
            "--connections",
            Integer.toString(settings.connections()),
            "--warmup",
            Integer.toString(settings.warmup(run)),
            "--millis",
            Integer.toString(settings.millis()),
            "--half",
            Integer.toString(settings.half()))) {
      return load.outcome(120);
    }
  }

  private static Outcome store(Bench bench, Settings settings, int run) throws IOException {
    try (var store =
        bench.rawStore(
            List.of(
                "--data",
                bench.freshDirectory("store").toString(),
                "--connections",
                Integer.toString(settings.connections()),
                "--warmup",
                Integer.toString(settings.warmup(run)),
                "--millis",
                Integer.toString(settings.millis())))) {
      return store.outcome(120);
    }
  }

  private Report report(Bench bench, Settings settings) {
    var rows = new ArrayList<Row>();
    rows.add(row("acked, own channels", "publishes/s", own, "closedRate", SOCKETS, sockets));
    rows.add(row("acked, own channels", "publishes/s", own, "closedRate", STORE, store));
    rows.add(row("acked, one channel", "publishes/s", shared, "closedRate", SOCKETS, sockets));
    rows.add(row("acked, one channel", "publishes/s", shared, "closedRate", STORE, store));
    rows.add(row("ack p50, saturated, own", "ms", own, "closedP50", SOCKETS, sockets));
    rows.add(row("ack p99, saturated, own", "ms", own, "closedP99", SOCKETS, sockets));
    rows.add(row("ack p99, saturated, own", "ms", own, "closedP99", STORE, store));
    rows.add(row("ack p99, saturated, one", "ms", shared, "closedP99", SOCKETS, sockets));
    rows.add(row("ack p50, own half rate, own", "ms", own, "halfP50", SOCKETS, sockets));
    rows.add(row("ack p99, own half rate, own", "ms", own, "halfP99", SOCKETS, sockets));
    rows.add(row("ack p99, own half rate, one", "ms", shared, "halfP99", SOCKETS, sockets));
    rows.add(row("server cpu per publish", "us", own, "closedServerMicros", SOCKETS, sockets));
    rows.add(row("server cpu", "cores", own, "closedServerCores", SOCKETS, sockets));
    rows.add(row("driver cpu", "cores", own, "closedDriverCores", SOCKETS, sockets));
    return new Report(
        "publish",
        settings.connections() + " connections, one 200-byte publish in flight each, synced",
        rows,
        List.of(
            "Saturated: each connection publishes when its ack is in. Half rate: on a schedule at"
                + " half of that run's saturated rate, latency from the instant a publish was due.",
            Report.driver(
                Samples.of(
                    Stream.of(own, shared, sockets).flatMap(List::stream).toList(),
                    run -> run.get("closedDriverCores"))),
            "Server and baselines run with the JVM options " + bench.serverFlags() + "."));
  }

  private static Row row(
      String what,
      String unit,
      List<Outcome> product,
      String name,
      String baselineName,
      List<Outcome> baseline) {
    return new Row(
        what,
        unit,
        Samples.of(product, run -> run.get(name)),
        baselineName,
        Samples.of(baseline, run -> run.get(name)));
  }
}
