package io.holdfast.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Durable publishes through sockets that are spread over the nodes. */
final class ClusterPublishes {
  private static final String RAW = "raw JetStream";
  private static final int PATIENCE_SECONDS = 180;

  private record Shape(int nodes, int inFlight, boolean busy) {}

  private final Map<Shape, List<Outcome>> product = new LinkedHashMap<>();
  private final Map<Shape, List<Outcome>> raw = new LinkedHashMap<>();

  /** By how many are in flight. */
  private final Map<Integer, List<Double>> messagesAnEntry = new LinkedHashMap<>();

  void measure(Cluster cluster, ClusterPlan plan) throws IOException {
    int nodes = cluster.nodes().size();
    for (int run = 0; run < plan.runs(); run++) {
      for (int inFlight : plan.inFlight()) {
        Shape shape = new Shape(nodes, inFlight, false);
        add(product, shape, publish(cluster, plan, shape));
        add(raw, shape, raw(cluster, plan, inFlight));
        if (nodes == plan.nodes()) {
          busy(cluster, plan, new Shape(nodes, inFlight, true));
        }
      }
    }
  }

  private static void add(Map<Shape, List<Outcome>> to, Shape shape, Outcome outcome) {
    to.computeIfAbsent(shape, _ -> new ArrayList<>()).add(outcome);
  }

  private void busy(Cluster cluster, ClusterPlan plan, Shape shape) throws IOException {
    long before = cluster.engine().entries();
    Outcome outcome = publish(cluster, plan, shape);
    add(product, shape, outcome);
    messagesAnEntry
        .computeIfAbsent(shape.inFlight, _ -> new ArrayList<>())
        .add(outcome.get("acked") / (cluster.engine().entries() - before));
  }

  private static Outcome publish(Cluster cluster, ClusterPlan plan, Shape shape)
      throws IOException {
    return cluster.load(
        PATIENCE_SECONDS,
        "publish",
        List.of(
            "--connections",
            Integer.toString(shape.inFlight),
            "--channels",
            Integer.toString(shape.busy ? plan.few() : plan.many()),
            // the channels of fewer connections would be in memory on other nodes
            "--prefix",
            (shape.busy ? "busy" : "many") + shape.inFlight,
            "--warmup",
            Integer.toString(plan.warmup()),
            "--millis",
            Integer.toString(plan.millis())));
  }

  private static Outcome raw(Cluster cluster, ClusterPlan plan, int inFlight) throws IOException {
    return cluster.raw(
        PATIENCE_SECONDS,
        "publish",
        List.of(
            "--inflight",
            Integer.toString(inFlight),
            "--subjects",
            Integer.toString(plan.many()),
            "--warmup",
            Integer.toString(plan.warmup()),
            "--millis",
            Integer.toString(plan.millis())));
  }

  List<Row> rows(ClusterPlan plan) {
    var rows = new ArrayList<Row>();
    product.forEach(
        (shape, outcomes) -> {
          List<Outcome> baseline =
              raw.getOrDefault(new Shape(shape.nodes, shape.inFlight, false), List.of());
          String what =
              ", %d in flight, %s channels, %s"
                  .formatted(
                      shape.inFlight,
                      shape.busy ? plan.few() + " busy" : "many",
                      named(shape.nodes));
          rows.add(row("acked" + what, "publishes/s", "closedRate", outcomes, baseline));
          rows.add(row("ack p50" + what, "ms", "closedP50", outcomes, baseline));
          rows.add(row("ack p99" + what, "ms", "closedP99", outcomes, baseline));
          rows.add(alone("nodes' cpu" + what, "closedServerCores", outcomes));
          rows.add(
              new Row(
                  "NATS servers' cpu" + what,
                  "cores",
                  Samples.of(outcomes, run -> run.get("closedEngineCores")),
                  RAW,
                  Samples.of(baseline, run -> run.get("closedServerCores"))));
          rows.add(row("driver's cpu" + what, "cores", "closedDriverCores", outcomes, baseline));
        });
    messagesAnEntry.forEach(
        (inFlight, measured) ->
            rows.add(
                Row.alone(
                    "client messages an entry, %d in flight, %d busy channels"
                        .formatted(inFlight, plan.few()),
                    "",
                    new Samples(measured))));
    return rows;
  }

  static String named(int nodes) {
    return nodes == 1 ? "1 node" : nodes + " nodes";
  }

  private static Row alone(String what, String name, List<Outcome> outcomes) {
    return Row.alone(what, "cores", Samples.of(outcomes, run -> run.get(name)));
  }

  private static Row row(
      String what, String unit, String name, List<Outcome> outcomes, List<Outcome> baseline) {
    return new Row(
        what,
        unit,
        Samples.of(outcomes, run -> run.get(name)),
        RAW,
        Samples.of(baseline, run -> run.get(name)));
  }
}
