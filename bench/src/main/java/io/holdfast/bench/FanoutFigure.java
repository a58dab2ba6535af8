package io.holdfast.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One channel to many subscribers, beside raw Netty that broadcasts frames of the same size. */
final class FanoutFigure implements Figure {
  private static final String EACH = "raw Netty, flush per message";
  private static final String EIGHT = "raw Netty, flush per 8 messages";

  private final List<Outcome> product = new ArrayList<>();
  private final List<Outcome> each = new ArrayList<>();
  private final List<Outcome> eight = new ArrayList<>();

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    try (var server = bench.server(bench.freshDirectory("server"))) {
      product.add(fanout(bench, settings, server, 0));
      String frame = Long.toString(Math.round(product.getFirst().get("frameBytes")));
      try (var one = bench.rawNetty("fanout", "--flush", "1", "--frame", frame);
          var coalesced = bench.rawNetty("fanout", "--flush", "8", "--frame", frame)) {
        for (int run = 0; run < settings.runs(); run++) {
          if (run > 0) {
            product.add(fanout(bench, settings, server, run));
          }
          each.add(fanout(bench, settings, one, run));
          eight.add(fanout(bench, settings, coalesced, run));
        }
      }
    }
    return report(settings);
  }

  private static Outcome fanout(Bench bench, Settings settings, Bench.Target target, int run)
      throws IOException {
    try (var load =
        bench.load(
            "fanout",
            target,
            "--subscribers",
            Integer.toString(settings.subscribers()),
            "--window",
            Integer.toString(settings.window()),
            "--warmup",
            Integer.toString(settings.warmup(run)),
            "--millis",
            Integer.toString(settings.millis()),
            "--half",
            Integer.toString(settings.half()))) {
      return load.outcome(180);
    }
  }

  /** Beside those of the usual number, others are kept as well. */
  private static String name(Settings settings) {
    int subscribers = settings.subscribers();
    return subscribers == Settings.SUBSCRIBERS ? "fanout" : "fanout-" + subscribers;
  }

  private Report report(Settings settings) {
    var rows = new ArrayList<Row>();
    for (boolean coalesced : List.of(false, true)) {
      String name = coalesced ? EIGHT : EACH;
      List<Outcome> baseline = coalesced ? eight : each;
      rows.add(row("saturated", "deliveries/s", "closedRate", name, baseline));
      rows.add(row("p50, saturated", "ms", "closedP50", name, baseline));
      rows.add(row("p99, saturated", "ms", "closedP99", name, baseline));
      rows.add(row("p99, own half rate", "ms", "halfP99", name, baseline));
      rows.add(row("server cpu per delivery", "us", "closedServerMicros", name, baseline));
      rows.add(row("server cpu", "cores", "closedServerCores", name, baseline));
      rows.add(row("driver cpu", "cores", "closedDriverCores", name, baseline));
      rows.add(row("frame", "bytes", "frameBytes", name, baseline));
    }
    rows.add(Row.alone("not delivered", "", Samples.of(product, run -> run.get("missing"))));
    return new Report(
        name(settings),
        "one channel, " + settings.subscribers() + " subscribers, 200-byte payloads",
        rows,
        List.of(
            "Saturated: "
                + settings.window()
                + " messages in flight, each until everybody has it. The product makes each one"
                + " durable first, the baseline does not store.",
            "Latency at the subscriber, of one socket in sixteen.",
            Report.driver(
                Samples.of(
                    Stream.of(product, each, eight).flatMap(List::stream).toList(),
                    run -> run.get("closedDriverCores")))));
  }

  private Row row(
      String what, String unit, String value, String baselineName, List<Outcome> baseline) {
    return new Row(
        what,
        unit,
        Samples.of(product, run -> run.get(value)),
        baselineName,
        Samples.of(baseline, run -> run.get(value)));
  }
}
