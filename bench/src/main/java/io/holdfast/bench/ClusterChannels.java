package io.holdfast.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Many channels with a message each: how fast they come, and what they take in memory. */
final class ClusterChannels {
  private static final String RAW = "raw JetStream, as many subjects";
  private static final int PATIENCE_SECONDS = 900;
  private static final int SERVERS = 3;
  private static final int REST_MILLIS = 300_000;
  private static final int LOOK_MILLIS = 1000;

  private final List<Row> rows = new ArrayList<>();

  /** On servers and nodes that have nothing else in memory. */
  void measure(Bench bench, ClusterPlan plan, int count) throws IOException {
    try (var cluster = Cluster.start(bench)) {
      for (int i = 0; i < plan.nodes(); i++) {
        cluster.grow();
      }
      cluster.warm(plan);
      measure(cluster, plan, count);
    }
  }

  private void measure(Cluster cluster, ClusterPlan plan, int count) throws IOException {
    int settle = plan.settleSeconds();
    Memory empty = cluster.engine().memory(settle);
    Outcome rawFirst = raw(cluster, count);
    Outcome rawAgain = raw(cluster, count);
    Memory raw = cluster.engine().memory(settle);
    Memory rawEngine = raw.minus(empty);
    Memory nodesBefore = cluster.memory();
    double openBefore = cluster.channelsInMemory();
    Outcome first = open(cluster, count);
    Outcome again = open(cluster, count);
    double opened = cluster.channelsInMemory() - openBefore;
    Memory nodes = cluster.memory().minus(nodesBefore);
    Memory engine = cluster.engine().memory(settle).minus(raw);
    String what = "%,d channels, ".formatted(count);
    compare(what + "first publish of each", "publishes/s", first, rawFirst, "rate");
    compare(what + "second", "publishes/s", again, rawAgain, "rate");
    rows.add(Row.alone(what + "second, p99", "ms", Samples.of(again.get("openP99"))));
    per(what + "NATS server's live heap each", engine.heap(), rawEngine.heap(), count * SERVERS);
    per(
        what + "NATS server's resident memory each",
        engine.resident(),
        rawEngine.resident(),
        count * SERVERS);
    rows.add(Row.alone(what + "of them in the nodes' memory", "", Samples.of(opened)));
    rows.add(Row.alone(what + "nodes' live heap each", "bytes", Samples.of(nodes.heap() / opened)));
    rows.add(
        Row.alone(
            what + "nodes' resident memory each", "bytes", Samples.of(nodes.resident() / opened)));
    if (plan.waitsForRest()) {
      awaitRest(cluster);
      Memory atRest = cluster.engine().memory(settle).minus(raw);
      per(
          what + "at rest, NATS server's live heap each",
          atRest.heap(),
          rawEngine.heap(),
          count * SERVERS);
      rows.add(
          Row.alone(
              what + "at rest, nodes' live heap each",
              "bytes",
              Samples.of(cluster.memory().minus(nodesBefore).heap() / count)));
    }
  }

  private void compare(String what, String unit, Outcome product, Outcome raw, String name) {
    rows.add(new Row(what, unit, Samples.of(product.get(name)), RAW, Samples.of(raw.get(name))));
  }

  private void per(String what, double product, double raw, int count) {
    rows.add(new Row(what, "bytes", Samples.of(product / count), RAW, Samples.of(raw / count)));
  }

  private static Outcome open(Cluster cluster, int count) throws IOException {
    return cluster.load(
        PATIENCE_SECONDS,
        "open",
        List.of("--channels", Integer.toString(count), "--prefix", "open" + count));
  }

  private static Outcome raw(Cluster cluster, int count) throws IOException {
    return cluster.raw(
        PATIENCE_SECONDS,
        "fill",
        List.of(
            "--subjects",
            Integer.toString(count),
            "--inflight",
            "512",
            "--prefix",
            "open" + count));
  }

  /** Until nodes have written down what they know of channels and let go of them. */
  private static void awaitRest(Cluster cluster) throws IOException {
    long end = System.nanoTime() + REST_MILLIS * 1_000_000L;
    while (cluster.channelsInMemory() > 0) {
      if (System.nanoTime() > end) {
        throw new LoadFailure("Channels that nobody uses are still in memory after 5 minutes.");
      }
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        throw new LoadFailure("Interrupted.", e);
      }
    }
  }

  List<Row> rows() {
    return List.copyOf(rows);
  }
}
