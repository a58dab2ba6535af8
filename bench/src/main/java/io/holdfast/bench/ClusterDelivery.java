package io.holdfast.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Messages published on one node and read on another. */
final class ClusterDelivery {
  static final int CHANNELS = 100;

  private static final String RAW = "raw JetStream + core NATS";
  private static final int PATIENCE_SECONDS = 180;

  private final List<Outcome> product = new ArrayList<>();
  private final List<Outcome> raw = new ArrayList<>();

  void measure(Cluster cluster, ClusterPlan plan) throws IOException {
    List<String> shape =
        List.of(
            "--channels",
            Integer.toString(CHANNELS),
            "--apart",
            "yes",
            "--prefix",
            "across",
            "--rate",
            Integer.toString(plan.rate()),
            "--warmup",
            Integer.toString(plan.warmup()),
            "--millis",
            Integer.toString(plan.millis()));
    for (int run = 0; run < plan.runs(); run++) {
      product.add(cluster.load(PATIENCE_SECONDS, "deliver", shape));
      raw.add(cluster.raw(PATIENCE_SECONDS, "deliver", shape));
    }
  }

  List<Row> rows() {
    var rows = new ArrayList<Row>();
    if (product.isEmpty()) {
      return rows;
    }
    for (String percentile : List.of("P50", "P99")) {
      String what = "delivery on another node, " + percentile.toLowerCase(Locale.ROOT);
      rows.add(
          new Row(
              what,
              "ms",
              Samples.of(product, run -> run.get("open" + percentile)),
              RAW,
              Samples.of(raw, run -> run.get("open" + percentile))));
      rows.add(Row.alone(what + ", above raw", "ms", above("open" + percentile)));
    }
    rows.add(Row.alone("lost on the way, raw", "", Samples.of(raw, run -> run.get("missing"))));
    return rows;
  }

  /** Of runs that followed each other. */
  private Samples above(String name) {
    var above = new ArrayList<Double>();
    for (int run = 0; run < raw.size(); run++) {
      above.add(product.get(run).get(name) - raw.get(run).get(name));
    }
    return new Samples(above);
  }
}
