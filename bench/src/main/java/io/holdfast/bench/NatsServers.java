package io.holdfast.bench;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.Republish;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfoOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Three NATS servers, set up as the documentation says: a cluster, with an acknowledgement that
 * means on disk. What is on them besides the product's streams is the baseline's.
 */
final class NatsServers implements AutoCloseable {
  private static final int COUNT = 3;
  private static final int READY_SECONDS = 60;
  private static final long ASKED_EVERY_MILLIS = 50;
  private static final int SETTLE_SECONDS = 5;
  private static final double SETTLED = 0.99;
  private static final int LAST_LINES = 8;

  /** A server that looks through its heap first takes a while. */
  private static final Duration ANSWERED_WITHIN = Duration.ofMinutes(2);

  /** The streams of the product and of the baseline. */
  static final String JOURNAL = "hf";

  static final String RAW = "raw";

  private final List<Server> servers;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Connection connection;

  private record Server(String name, Child child, Ports ports, Path log) {
    String url() {
      return "nats://127.0.0.1:" + ports.client;
    }
  }

  private record Ports(int client, int route, int monitor, int profile) {}

  private NatsServers(List<Server> servers) throws IOException {
    this.servers = List.copyOf(servers);
    await("The NATS servers are not ready.", this::healthy);
    this.connection = connected();
    await("The NATS servers keep nothing yet.", this::rawStream);
  }

  /** A port may be taken between the moment it was free and the server's start: once more, then. */
  static NatsServers start(Bench bench) throws IOException {
    try {
      return startOnce(bench);
    } catch (LoadFailure e) {
      System.err.println("Once more on other ports: " + e.getMessage());
      return startOnce(bench);
    }
  }

  private static NatsServers startOnce(Bench bench) throws IOException {
    Path binary = bench.natsServer();
    Path directory = bench.freshDirectory("nats");
    List<Ports> ports = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      ports.add(new Ports(Bench.freePort(), Bench.freePort(), Bench.freePort(), Bench.freePort()));
    }
    String routes =
        ports.stream()
            .map(port -> "\"nats://127.0.0.1:" + port.route + "\"")
            .collect(Collectors.joining(", "));
    List<Server> servers = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      String name = "nats-" + (i + 1);
      Path file = directory.resolve(name + ".conf");
      var _ = Files.writeString(file, config(name, ports.get(i), directory, routes));
      // It says a line for each route that is not there yet; nobody reads them here.
      Path log = directory.resolve(name + ".log");
      Child child =
          bench.program(name, List.of(binary.toString(), "-c", "" + file, "-l", "" + log));
      servers.add(new Server(name, child, ports.get(i), log));
    }
    try {
      return new NatsServers(servers);
    } catch (LoadFailure | IOException e) {
      var failure = new LoadFailure(e.getMessage() + lastWords(servers), e);
      servers.forEach(server -> server.child.close());
      throw failure;
    }
  }

  private static String lastWords(List<Server> servers) {
    return servers.stream()
        .map(
            server ->
                "\n  %s %s:\n%s"
                    .formatted(
                        server.name,
                        server.child.alive() ? "runs" : "has ended",
                        Child.lastLines(server.log, LAST_LINES).indent(4).stripTrailing()))
        .collect(Collectors.joining());
  }

  private static String config(String name, Ports ports, Path directory, String routes) {
    return """
        server_name: %s
        host: 127.0.0.1
        port: %d
        http: "127.0.0.1:%d"
        prof_port: %d
        max_payload: 8MB
        jetstream { store_dir: "%s", sync_interval: always }
        cluster { name: bench, host: 127.0.0.1, port: %d, routes: [%s] }
        """
        .formatted(
            name,
            ports.client,
            ports.monitor,
            ports.profile,
            directory.resolve(name),
            ports.route,
            routes);
  }

  private Connection connected() throws IOException {
    try {
      return Nats.connect(new Options.Builder().servers(urls().toArray(String[]::new)).build());
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
  }

  private boolean healthy() {
    return servers.stream().allMatch(this::healthy);
  }

  private boolean healthy(Server server) {
    if (!server.child.alive()) {
      throw new LoadFailure(server.name + " has ended, so the NATS servers will not be ready.");
    }
    return asked(server.ports.monitor, "/healthz").contains("ok");
  }

  /** A stream with the settings of the product's. */
  private boolean rawStream() {
    try {
      var _ =
          connection
              .jetStreamManagement()
              .addStream(
                  StreamConfiguration.builder()
                      .name(RAW)
                      .subjects(RAW + ".>")
                      .storageType(StorageType.File)
                      .replicas(COUNT)
                      .duplicateWindow(Duration.ofMinutes(1))
                      .allowDirect(true)
                      .allowRollup(true)
                      .allowMessageTtl()
                      .republish(
                          Republish.builder()
                              .source(RAW + ".>")
                              .destination(RAW + "-live.>")
                              .build())
                      .build());
      return true;
    } catch (IOException | JetStreamApiException e) {
      return false;
    }
  }

  /** Has one server lead both streams, so that neither is nearer to its clients. */
  void leadBoth() {
    String first = servers.getFirst().name;
    for (String stream : List.of(JOURNAL, RAW)) {
      await(
          first + " does not come to lead " + stream + ".",
          () -> {
            if (Objects.equals(leader(stream), first)) {
              return true;
            }
            stepDown(stream, first);
            return false;
          });
    }
  }

  private String leader(String stream) {
    try {
      var cluster = connection.jetStreamManagement().getStreamInfo(stream).getClusterInfo();
      return cluster == null || cluster.getLeader() == null ? "" : cluster.getLeader();
    } catch (IOException | JetStreamApiException e) {
      return "";
    }
  }

  private void stepDown(String stream, String preferred) {
    String body = "{\"placement\":{\"preferred\":\"" + preferred + "\"}}";
    try {
      var _ =
          connection.request(
              "$JS.API.STREAM.LEADER.STEPDOWN." + stream,
              body.getBytes(StandardCharsets.UTF_8),
              Duration.ofSeconds(5));
      pause(500);
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
  }

  /** Entries of all channels that the journal holds. */
  long entries() {
    try {
      return connection
          .jetStreamManagement()
          .getStreamInfo(JOURNAL, StreamInfoOptions.filterSubjects(JOURNAL + ".*.*.*"))
          .getStreamState()
          .getSubjectMap()
          .values()
          .stream()
          .mapToLong(Long::longValue)
          .sum();
    } catch (IOException | JetStreamApiException e) {
      throw new LoadFailure("The journal's stream cannot be looked at: " + e, e);
    }
  }

  /** What the journal takes on the disk of each server. */
  long journalBytes() {
    try {
      var info = connection.jetStreamManagement().getStreamInfo(JOURNAL);
      return info.getStreamState().getByteCount();
    } catch (IOException | JetStreamApiException e) {
      throw new LoadFailure("The journal's stream cannot be looked at: " + e, e);
    }
  }

  List<String> urls() {
    return servers.stream().map(Server::url).toList();
  }

  String url(int index) {
    return servers.get(index % COUNT).url();
  }

  List<Proc> procs() {
    return servers.stream().map(server -> server.child.proc()).toList();
  }

  /**
   * Of all together, the heap after collections, once it grows no smaller: blocks just read or
   * written and names of what was just published stay in it for a while.
   */
  Memory memory(int atMostSeconds) {
    double heap = liveHeap();
    for (int waited = 0; waited < atMostSeconds; waited += SETTLE_SECONDS) {
      pause(SETTLE_SECONDS * 1000L);
      double now = liveHeap();
      boolean settled = now > heap * SETTLED;
      heap = Math.min(now, heap);
      if (settled) {
        break;
      }
    }
    double resident = procs().stream().mapToLong(Proc::residentBytes).sum();
    return new Memory(resident, heap);
  }

  private double liveHeap() {
    return servers.stream().mapToLong(server -> liveHeap(server.ports.profile)).sum();
  }

  private long liveHeap(int profile) {
    // Twice: what is kept to be used again outlives the first.
    var _ = asked(profile, "/debug/pprof/heap?gc=1&debug=1");
    return liveHeap(asked(profile, "/debug/pprof/heap?gc=1&debug=1"));
  }

  /** What Go's profile of the heap says of all of it, right after a collection. */
  static long liveHeap(String profile) {
    return profile
        .lines()
        .filter(line -> line.startsWith("# HeapAlloc = "))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 2)))
        .findFirst()
        .orElseThrow(() -> new LoadFailure("A NATS server does not tell what its heap holds."));
  }

  /** Nothing while it does not answer. */
  private String asked(int port, String path) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(ANSWERED_WITHIN)
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
  }

  private static void await(String otherwise, BooleanSupplier met) {
    long end = System.nanoTime() + READY_SECONDS * 1_000_000_000L;
    while (!met.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new LoadFailure(otherwise);
      }
      pause(ASKED_EVERY_MILLIS);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
  }

  @Override
  public void close() {
    http.close();
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    servers.forEach(server -> server.child.close());
  }
}
