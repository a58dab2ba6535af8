package io.holdfast.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Nodes on three NATS servers that sync what they acknowledge and keep it three times, beside what
 * JetStream does alone, on the same servers and by turns. There is one node at first, then two,
 * then three.
 */
final class ClusterFigure implements Figure {
  private static final List<String> TOGETHER = List.of("publish", "cpu", "deliver", "attach");

  private final ClusterPublishes publishes = new ClusterPublishes();
  private final ClusterDelivery delivery = new ClusterDelivery();
  private final ClusterWork work = new ClusterWork();
  private final ClusterChannels channels = new ClusterChannels();
  private final ClusterAttach attach = new ClusterAttach();
  private final List<String> stopped = new ArrayList<>();

  private interface Part {
    void measure() throws IOException;
  }

  @Override
  public Report measure(Bench bench, Settings settings) throws IOException {
    var plan = new ClusterPlan(settings);
    if (TOGETHER.stream().anyMatch(plan::wants)) {
      part("nodes", () -> together(bench, plan));
    }
    if (plan.wants("channels")) {
      for (int count : plan.openings()) {
        part("channels", () -> channels.measure(bench, plan, count));
      }
    }
    Report report = report(plan);
    if (!stopped.isEmpty()) {
      throw new Incomplete(report, stopped);
    }
    return report;
  }

  /** The parts that are measured on the same nodes. */
  private void together(Bench bench, ClusterPlan plan) throws IOException {
    try (var cluster = Cluster.start(bench)) {
      for (int nodes = 1; nodes <= plan.nodes(); nodes++) {
        cluster.grow();
        cluster.warm(plan);
        if (nodes == 1 && plan.wants("attach") && plan.waitsForRest()) {
          part("attach", () -> attach.writeOld(cluster, plan));
        }
        if (plan.publishesWith(nodes) && plan.wants("publish")) {
          part("publish", () -> publishes.measure(cluster, plan));
        }
        if (plan.wants("cpu")) {
          part("cpu", () -> work.measure(cluster, plan));
        }
      }
      if (plan.wants("deliver")) {
        part("deliver", () -> delivery.measure(cluster, plan));
      }
      if (plan.wants("attach")) {
        part("attach", () -> attach.measure(cluster, plan));
      }
    }
  }

  /** What stops one part is no harm to the others: each takes minutes. */
  private void part(String name, Part part) {
    try {
      part.measure();
    } catch (LoadFailure | IOException e) {
      stopped.add(name + ": " + e.getMessage());
    }
  }

  private Report report(ClusterPlan plan) {
    var rows = new ArrayList<Row>();
    rows.addAll(publishes.rows(plan));
    rows.addAll(delivery.rows());
    rows.addAll(work.rows());
    rows.addAll(attach.rows());
    rows.addAll(channels.rows());
    rows.removeIf(row -> row.product().isEmpty()); // of a part that stopped early
    return new Report(
        "cluster",
        plan.nodes() + " nodes on 3 NATS servers, 3 replicas, sync_interval always",
        rows,
        List.of(
            "All on this machine: NATS servers, nodes, drivers and baselines share its processors.",
            "Both streams are led by one server, the baseline has a connection to each, as the"
                + " nodes have; its messages have the size of ours without what we put around them.",
            "Publishes: as many in flight as there are connections, one each, by turns on "
                + plan.many()
                + " channels, or all on "
                + plan.few()
                + ".",
            "Delivery: "
                + plan.rate()
                + " messages a second on "
                + ClusterDelivery.CHANNELS
                + " channels, from when one was due until it is with its reader, published on the"
                + " first node and read on the second; by JetStream through two servers.",
            "Joining: sessions written on the first node, each joined once on each other one. Old"
                + " ones have left the memory of the node that wrote them, new ones are still there."
                + " JetStream reads as many messages of their mean size in one request.",
            "Memory of the NATS servers is of one of the three, that of nodes of all together; a"
                + " channel is in memory on the node it was published on."));
  }
}
