package io.holdfast.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The nodes' processor time for each delivery of the same load, by how many nodes share it. */
final class ClusterWork {
  private static final int PATIENCE_SECONDS = 180;
  private static final int REST_MILLIS = 2000;

  private record Shape(ClusterPlan.Audience audience, int nodes) {}

  private final Map<Shape, List<Outcome>> all = new LinkedHashMap<>();
  private final Map<Integer, Double> atRest = new LinkedHashMap<>();

  void measure(Cluster cluster, ClusterPlan plan) throws IOException {
    int nodes = cluster.nodes().size();
    atRest.put(nodes, rest(cluster));
    for (int run = 0; run < plan.runs(); run++) {
      for (ClusterPlan.Audience audience : plan.audiences()) {
        all.computeIfAbsent(new Shape(audience, nodes), _ -> new ArrayList<>())
            .add(deliver(cluster, plan, audience));
      }
    }
  }

  private static double rest(Cluster cluster) {
    try {
      Thread.sleep(REST_MILLIS);
      double before = cluster.cpuSeconds();
      Thread.sleep(REST_MILLIS);
      return (cluster.cpuSeconds() - before) * 1000 / REST_MILLIS;
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
  }

  private static Outcome deliver(Cluster cluster, ClusterPlan plan, ClusterPlan.Audience audience)
      throws IOException {
    return cluster.load(
        PATIENCE_SECONDS,
        "deliver",
        List.of(
            "--channels",
            Integer.toString(audience.channels()),
            "--readers",
            Integer.toString(audience.readers()),
            "--rate",
            Integer.toString(audience.rate()),
            "--prefix",
            "work" + audience.readers(),
            "--warmup",
            Integer.toString(2 * plan.warmup()),
            "--millis",
            Integer.toString(plan.millis())));
  }

  List<Row> rows() {
    var rows = new ArrayList<Row>();
    all.forEach(
        (shape, outcomes) -> {
          ClusterPlan.Audience audience = shape.audience;
          List<Outcome> one = all.getOrDefault(new Shape(audience, 1), List.of());
          String what =
              ", %d channels with %d readers, %d/s, %s"
                  .formatted(
                      audience.channels(),
                      audience.readers(),
                      audience.rate(),
                      ClusterPublishes.named(shape.nodes));
          rows.add(
              new Row(
                  "nodes' cpu per delivery" + what,
                  "us",
                  Samples.of(outcomes, run -> run.get("openServerMicros")),
                  shape.nodes == 1 ? "" : "1 node",
                  shape.nodes == 1
                      ? Samples.none()
                      : Samples.of(one, run -> run.get("openServerMicros"))));
          rows.add(
              Row.alone(
                  "NATS servers' cpu" + what,
                  "cores",
                  Samples.of(outcomes, run -> run.get("openEngineCores"))));
        });
    atRest.forEach(
        (nodes, cores) ->
            rows.add(
                Row.alone(
                    "nodes' cpu at rest, " + ClusterPublishes.named(nodes),
                    "cores",
                    Samples.of(cores))));
    return rows;
  }
}
