package io.holdfast.server;

import io.holdfast.journalnats.NatsServers;
import io.holdfast.journalrocksdb.RocksOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A real server of this process on a port of its own, and what clients of it need. */
final class RunningServer implements AutoCloseable {
  static final String KEY = "app.k:secret";
  static final String NARROW = "app.narrow:secret";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Server server;

  private RunningServer(Server server) {
    this.server = server;
  }

  static RunningServer inMemory(String... more) {
    return start(UnaryOperator.identity(), List.of("--journal", "memory"), more);
  }

  static RunningServer onDisk(Path data, UnaryOperator<RocksOptions> engine, String... more) {
    return start(engine, List.of("--data", data.toString()), more);
  }

  /** One of the nodes on a NATS server. */
  static RunningServer onNats(NatsServers servers, String... more) {
    List<String> options =
        List.of("--journal", String.join(",", servers.urls()), "--replicas", "1");
    return start(UnaryOperator.identity(), options, more);
  }

  private static RunningServer start(
      UnaryOperator<RocksOptions> engine, List<String> options, String... more) {
    List<String> args = new ArrayList<>(options);
    args.addAll(List.of("--port", "0", "--key", KEY));
    args.addAll(List.of(more));
    if (!(Settings.parse(args.toArray(String[]::new))
        instanceof Settings.Invocation.Serve(Settings settings))) {
      throw new IllegalArgumentException("these options start no server: " + args);
    }
    return new RunningServer(Main.start(settings, engine));
  }

  int port() {
    return server.port();
  }

  HttpClient http() {
    return http;
  }

  static String basic(String key) {
    return "Basic "
        + Base64.getEncoder().encodeToString(key.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** A request with the server's key. */
  HttpRequest.Builder request(String pathAndQuery) {
    return bare(pathAndQuery).header("Authorization", basic(KEY));
  }

  /** A request without credentials. */
  HttpRequest.Builder bare(String pathAndQuery) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + pathAndQuery))
        .timeout(Duration.ofSeconds(20));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> get(String pathAndQuery) throws Exception {
    return send(request(pathAndQuery));
  }

  HttpResponse<String> post(String pathAndQuery, String json) throws Exception {
    return send(
        request(pathAndQuery)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  /** A WebSocket to the path, with the query as given. */
  Socket socket(String query) throws Exception {
    return Socket.open(http, URI.create("ws://127.0.0.1:" + port() + "/?" + query), null);
  }

  Socket socket(String query, @Nullable String authorization) throws Exception {
    return Socket.open(http, URI.create("ws://127.0.0.1:" + port() + "/?" + query), authorization);
  }

  /** A WebSocket that has been greeted. */
  Socket connected(String more) throws Exception {
    Socket socket = socket("v=6&format=json&key=" + KEY + more);
    socket.await(4);
    return socket;
  }

  Server server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
    http.close();
  }
}
