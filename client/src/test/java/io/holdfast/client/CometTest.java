package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.FrameCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long polling, against a server worked by hand. */
class CometTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final byte[] CONNECTED =
      """
      [{"action":4,"connectionId":"c1","connectionDetails":{"connectionKey":"k","maxIdleInterval":0}}]
      """
          .strip()
          .getBytes(StandardCharsets.UTF_8);

  /** A body that was sent, and how to go on. */
  private record Sent(String body, CompletableFuture<Integer> answer) {}

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();

  /** Frames for the client, as an array; a number alone is a status without a word. */
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    try (exchange) {
      if (path.endsWith("/connect")) {
        answer(exchange, 200, CONNECTED);
      } else if (path.endsWith("/send")) {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Sent one = new Sent(new String(body, StandardCharsets.UTF_8), new CompletableFuture<>());
        sent.add(one);
        answer(exchange, one.answer().get(), new byte[0]);
      } else if (path.endsWith("/close")) {
        answer(exchange, 200, "[{\"action\":8}]".getBytes(StandardCharsets.UTF_8));
      } else {
        String next = told.take();
        boolean word = next.startsWith("[");
        byte[] body = (word ? next : "<html>no</html>").getBytes(StandardCharsets.UTF_8);
        answer(exchange, word ? 200 : Integer.parseInt(next), body);
      }
    } catch (InterruptedException | ExecutionException e) {
      // the test is over
    }
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private RealtimeClient client() throws InterruptedException {
    RealtimeClient client =
        RealtimeClient.create(
            ClientOptions.builder()
                .host("127.0.0.1")
                .port(server.getAddress().getPort())
                .tls(false)
                .key(FakeServer.KEY)
                .requestTimeout(Duration.ofSeconds(20))
                .retry(Duration.ofMillis(10), Duration.ofMillis(20))
                .transports(TransportKind.COMET)
                .build());
    client.connection().connect();
    return client;
  }

  private Sent next() throws InterruptedException {
    return Objects.requireNonNull(sent.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  private static List<Frame> frames(Sent one) {
    List<Frame> frames = new ArrayList<>();
    byte[] body = one.body().getBytes(StandardCharsets.UTF_8);
    for (byte[] each : Objects.requireNonNull(FrameCodec.split(body, 10_000))) {
      if (FrameCodec.decode(Format.JSON, each) instanceof Decoded.Ok(Frame frame)) {
        frames.add(frame);
      }
    }
    return frames;
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 404, 408, 413, 429, 502})
  void aStatusOfSomethingInBetweenPasses(int status) throws Exception {
    try (RealtimeClient client = client();
        Inbox<ConnectionChange> changes = client.connection().changes().open()) {
      told.add(Integer.toString(status));
      assertEquals(ConnectionState.DISCONNECTED, changes.take().current());
      assertEquals(ConnectionState.CONNECTING, changes.take().current());
      assertEquals(ConnectionState.CONNECTED, changes.take().current());
    }
  }

  @Test
  void whatWaitsIsSentInArraysThatAServerTakes() throws Exception {
    try (RealtimeClient client = client()) {
      Channel channel = client.channel("a");
      List<CompletableFuture<PublishResult>> all = new ArrayList<>();
      all.add(channel.publishAsync(Message.of("n", "first")));
      Sent first = next();
      for (int i = 0; i < 40; i++) {
        all.add(channel.publishAsync(Message.of("n", "x".repeat(60_000))));
      }
      first.answer().complete(204);
      int frames = frames(first).size();
      while (frames < all.size()) {
        Sent one = next();
        assertTrue(one.body().length() <= 600_000, one.body().length() + " bytes");
        frames += (int) frames(one).stream().filter(Frame.Messages.class::isInstance).count();
        one.answer().complete(204);
      }
      told.add("[{\"action\":1,\"msgSerial\":0,\"count\":" + all.size() + "}]");
      for (CompletableFuture<PublishResult> each : all) {
        each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void whatCannotBeWrittenFailsAloneAndTheNextIsSent() throws Exception {
    try (RealtimeClient client = client()) {
      Channel channel = client.channel("a");
      Message half = Message.builder().data("x").extra("\uD800", "x").build();
      CompletableFuture<PublishResult> bad = channel.publishAsync(half);
      CompletableFuture<PublishResult> good = channel.publishAsync(Message.of("n", "y"));
      Sent one = next();
      assertEquals(1, frames(one).size());
      one.answer().complete(204);
      told.add("[{\"action\":1,\"msgSerial\":0,\"count\":2}]");
      good.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      ExecutionException failure =
          org.junit.jupiter.api.Assertions.assertThrows(ExecutionException.class, bad::get);
      assertTrue(
          failure.getCause() instanceof HoldfastException ours && ours.code() == 40013,
          failure.toString());
    }
  }
}
