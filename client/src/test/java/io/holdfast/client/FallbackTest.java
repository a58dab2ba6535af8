package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A first host that nobody answers at, a real server at the second, and a network or none. */
class FallbackTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private static Path folder;

  /** Answers with this status, and counts how often it was asked. */
  private static HttpServer answering(int status, AtomicInteger asked) throws Exception {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/up",
        exchange -> {
          asked.incrementAndGet();
          assertNull(exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    http.start();
    return http;
  }

  private static URI up(HttpServer http) {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/up");
  }

  @ParameterizedTest
  @EnumSource
  void theSecondHostIsTriedWhereThereIsANetwork(Way way) throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer http = answering(204, asked);
    try (ServerProcess server = ServerProcess.inMemory(folder);
        RealtimeClient client =
            RealtimeClient.create(
                way.of(server.options())
                    .host("127.0.0.2") // where the server does not listen
                    .fallbackHosts(List.of("127.0.0.1"))
                    .connectivityCheck(up(http))
                    .build())) {
      client.connection().connect();
      assertTrue(client.channel("a").publish("n", "x").serial() != null);
      assertEquals(1, asked.get());
    } finally {
      http.stop(0);
    }
  }

  @Test
  void withoutANetworkTheFirstIsTriedAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer http = answering(503, asked);
    try (ServerProcess server = ServerProcess.inMemory(folder);
        RealtimeClient client =
            RealtimeClient.create(
                server
                    .options()
                    .host("127.0.0.2")
                    .fallbackHosts(List.of("127.0.0.1"))
                    .connectivityCheck(up(http))
                    .retry(Duration.ofMillis(50), Duration.ofMillis(100))
                    .autoConnect(false)
                    .build());
        Inbox<ConnectionChange> changes = client.connection().changes().open()) {
      var unused = client.connection().connectAsync();
      for (int round = 0; round < 3; round++) {
        assertEquals(ConnectionState.CONNECTING, next(changes).current());
        ConnectionChange gone = next(changes);
        assertEquals(ConnectionState.DISCONNECTED, gone.current());
        assertEquals(80003, Objects.requireNonNull(gone.reason()).code());
      }
      assertTrue(asked.get() >= 3, asked + " times");
    } finally {
      http.stop(0);
    }
  }

  private static ConnectionChange next(Inbox<ConnectionChange> changes)
      throws InterruptedException {
    return changes.poll(PATIENCE).orElseThrow();
  }

  @Test
  void aCheckIsOfTheWebAndThereIsNoneUnlessItIsNamed() {
    ClientOptions.Builder options = ClientOptions.builder().key("app.k:secret");
    assertNull(options.build().connectivityCheck());
    options.connectivityCheck(URI.create("file:///etc/hosts"));
    assertThrows(IllegalArgumentException.class, options::build);
  }
}
