package io.holdfast.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** NATS servers and the nodes on them, of which there are none at first. */
final class Cluster implements AutoCloseable {
  private static final int WARM_SECONDS = 120;

  private final Bench bench;
  private final NatsServers engine;
  private final List<Bench.Target> nodes = new ArrayList<>();

  private Cluster(Bench bench, NatsServers engine) {
    this.bench = bench;
    this.engine = engine;
  }

  static Cluster start(Bench bench) throws IOException {
    return new Cluster(bench, NatsServers.start(bench));
  }

  /** Starts one more node, on the next of the NATS servers. */
  void grow() throws IOException {
    nodes.add(bench.node("node-" + (nodes.size() + 1), engine.url(nodes.size())));
    if (nodes.size() == 1) {
      engine.leadBoth();
    }
  }

  NatsServers engine() {
    return engine;
  }

  List<Bench.Target> nodes() {
    return List.copyOf(nodes);
  }

  Path freshDirectory(String name) throws IOException {
    return bench.freshDirectory(name);
  }

  /** Until the JVM of a node that has just started has compiled most of what it runs. */
  void warm(ClusterPlan plan) throws IOException {
    var _ =
        load(
            WARM_SECONDS,
            "publish",
            List.of(
                "--prefix",
                "warm",
                "--warmup",
                Integer.toString(plan.warmup()),
                "--millis",
                Integer.toString(plan.millis())));
  }

  /** What a load on all nodes came to. */
  Outcome load(int seconds, String kind, List<String> more) throws IOException {
    var arguments = new ArrayList<>(more);
    arguments.addAll(List.of("--engine", enginePids()));
    try (var load = bench.load(kind, nodes, arguments)) {
      return load.outcome(seconds);
    }
  }

  /** A driver that takes commands, on one node. */
  Child holder(int node) throws IOException {
    return bench.load("hold", nodes.get(node));
  }

  /** What JetStream alone comes to. */
  Outcome raw(int seconds, String kind, List<String> more) throws IOException {
    var arguments = new ArrayList<String>();
    arguments.add(kind);
    arguments.addAll(List.of("--servers", String.join(",", engine.urls()), "--pid", enginePids()));
    arguments.addAll(more);
    try (var raw = bench.rawNats(arguments)) {
      return raw.outcome(seconds);
    }
  }

  private String enginePids() {
    return engine.procs().stream()
        .map(proc -> Long.toString(proc.pid()))
        .collect(Collectors.joining(","));
  }

  /** Processor seconds of all nodes so far. */
  double cpuSeconds() {
    return nodes.stream().mapToDouble(node -> node.child().proc().cpuSeconds()).sum();
  }

  /** Of all nodes together, after a collection. */
  Memory memory() {
    double resident = 0;
    double heap = 0;
    for (Bench.Target node : nodes) {
      Memory of = Memory.of(node);
      resident += of.resident();
      heap += of.heap();
    }
    return new Memory(resident, heap);
  }

  /** Channels that nodes have in memory, all together. */
  double channelsInMemory() throws IOException {
    double sum = 0;
    try (var http = HttpClient.newHttpClient()) {
      for (Bench.Target node : nodes) {
        URI metrics = URI.create("http://127.0.0.1:" + node.port() + "/metrics");
        sum +=
            channels(
                http.send(
                        HttpRequest.newBuilder(metrics).build(),
                        HttpResponse.BodyHandlers.ofString())
                    .body());
      }
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
    return sum;
  }

  static double channels(String metrics) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("holdfast_channels "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new LoadFailure("A node does not tell how many channels it has."));
  }

  @Override
  public void close() {
    nodes.forEach(Bench.Target::close);
    engine.close();
  }
}
