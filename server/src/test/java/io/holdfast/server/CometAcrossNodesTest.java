package io.holdfast.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.journalnats.NatsServers;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A comet client whose requests come to nodes that do not have its transport. */
class CometAcrossNodesTest {
  private static final int ACK = 1;
  private static final int DISCONNECTED = 6;
  private static final int ATTACHED = 11;
  private static final int MESSAGE = 15;
  private static final String AUTH = "?key=" + RunningServer.KEY;

  @TempDir static Path directory;
  private static NatsServers nats;
  private static RunningServer here;
  private static RunningServer there;

  @BeforeAll
  static void start() {
    nats = NatsServers.fast(directory, 1);
    here = RunningServer.onNats(nats);
    there = RunningServer.onNats(nats);
    NatsServers.awaitUntil(() -> metric(here, "holdfast_nodes") == 2);
  }

  @AfterAll
  static void stop() {
    there.close();
    here.close();
    nats.close();
  }

  private static double metric(RunningServer node, String name) {
    try {
      return node.get("/metrics")
          .body()
          .lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .sum();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String publish(String channel, int serial, String data) {
    return """
    {"action":15,"channel":"%s","msgSerial":%d,"messages":[{"name":"n","data":"%s"}]}\
    """
        .formatted(channel, serial, data);
  }

  private static String attach(String channel) {
    return "{\"action\":10,\"channel\":\"" + channel + "\"}";
  }

  private static String data(JsonNode frame) {
    return frame.path("messages").path(0).path("data").asText();
  }

  private static int code(HttpResponse<String> response) throws Exception {
    return Json.MAPPER.readTree(response.body()).path("error").path("code").asInt();
  }

  @Test
  void aPollingClientIsServedByWhicheverNodeItAsks() throws Exception {
    CometClient client = CometClient.connected(here, "");
    client.through(there).send(attach("poll"), publish("poll", 0, "one"));
    assertEquals("poll", client.await(ATTACHED).path("channel").asText());
    client.through(here).send(publish("poll", 1, "two"));
    String last = "";
    for (RunningServer node = there; !last.equals("two"); node = node == here ? there : here) {
      last = data(client.through(node).await(MESSAGE));
    }
    assertEquals(204, client.through(there).leave("close"));
    assertEquals(80003, code(client.through(there).post("[" + attach("poll") + "]")));
    NatsServers.awaitUntil(() -> metric(here, "holdfast_connections") == 0);
  }

  @Test
  void aStreamedAnswerComesAsItIsWritten() throws Exception {
    String key;
    try (Lines first = Lines.of(here, "/comet/connect" + AUTH + "&v=6")) {
      key = first.next().path(0).path("connectionDetails").path("connectionKey").asText();
    }
    try (Lines lines = Lines.of(there, "/comet/" + key + "/recv" + AUTH)) {
      assertEquals(204, send(there, key, attach("stream")));
      awaitLine(lines, "\"action\":11");
      for (int i = 0; i < 20; i++) {
        // the next is only published once this one was seen, so none of them was kept back
        assertEquals(204, send(i % 2 == 0 ? here : there, key, publish("stream", i, "m" + i)));
        awaitLine(lines, "\"data\":\"m" + i + "\"");
      }
      assertEquals(204, leave(there, key, "disconnect"));
      awaitEnd(lines);
    }
  }

  private static int send(RunningServer node, String key, String frame) throws Exception {
    return node.post("/comet/" + key + "/send" + AUTH, "[" + frame + "]").statusCode();
  }

  private static int leave(RunningServer node, String key, String verb) throws Exception {
    return node.get("/comet/" + key + "/" + verb + AUTH).statusCode();
  }

  private static void awaitLine(Lines lines, String wanted) throws Exception {
    String line = "";
    while (!line.contains(wanted)) {
      line = String.valueOf(lines.read());
      assertTrue(!line.equals("null"), "the answer ended before " + wanted);
    }
  }

  private static void awaitEnd(Lines lines) throws Exception {
    while (lines.read() != null) {}
  }

  @Test
  void muchAtOnceGoesToo() throws Exception {
    CometClient client = CometClient.connected(here, "");
    client.through(there);
    String large = "x".repeat(60_000);
    List<String> frames = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      frames.add(publish("large", i, i + large));
    }
    CompletableFuture<HttpResponse<String>> sent =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return there.post(client.path("send"), "[" + String.join(",", frames) + "]");
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    int acknowledged = 0;
    while (acknowledged < 50) {
      JsonNode ack = client.await(ACK);
      assertEquals(acknowledged, ack.path("msgSerial").asInt());
      acknowledged += ack.path("count").asInt();
    }
    assertEquals(204, sent.get(20, TimeUnit.SECONDS).statusCode());
    String newest = there.get("/channels/large/messages?limit=1").body();
    assertEquals(49 + large, Json.MAPPER.readTree(newest).path(0).path("data").asText());
    client.leave("close");
  }

  @Test
  void credentialsAreLookedAtWhereverARequestComes() throws Exception {
    CometClient client = CometClient.connected(here, "");
    String path = "/comet/" + client.key() + "/recv";
    assertEquals(401, there.send(there.bare(path + "?key=app.k:wrong")).statusCode());
    assertEquals(401, there.send(there.bare(path)).statusCode());
    assertEquals(405, there.post(path + AUTH, "[]").statusCode());
    assertEquals(404, there.get("/comet/" + client.key() + "/other" + AUTH).statusCode());
    HttpResponse<String> bad = there.post(client.path("send"), "no array");
    assertEquals(400, bad.statusCode());
    assertEquals(40000, code(bad));
    assertEquals("*", "*" + bad.headers().firstValue("x-none").orElse(""));
    client.leave("close");
  }

  @Test
  void aKeyOfNoNodeIsGone() throws Exception {
    assertEquals(80003, code(there.get("/comet/none/recv" + AUTH)));
    RunningServer stopped = RunningServer.onNats(nats);
    CometClient client = CometClient.connected(stopped, "");
    stopped.close();
    NatsServers.awaitUntil(() -> metric(there, "holdfast_nodes") == 2);
    assertEquals(80003, code(client.through(there).ask()));
  }

  @Test
  void whoHangsUpOnAnotherNodeIsMissedWhereItsTransportIs() throws Exception {
    CometClient client = CometClient.connected(here, "");
    NatsServers.awaitUntil(() -> metric(here, "holdfast_connections") == 1);
    try (java.net.Socket socket =
        new java.net.Socket(InetAddress.getLoopbackAddress(), there.port())) {
      String request = "GET " + client.path("recv") + " HTTP/1.1\r\nHost: x\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(UTF_8));
      socket.getOutputStream().flush();
    }
    // long before it would be given up for asking no more
    long hungUp = System.nanoTime();
    NatsServers.awaitUntil(() -> metric(here, "holdfast_connections") == 0);
    assertTrue(System.nanoTime() - hungUp < TimeUnit.SECONDS.toNanos(9));
  }

  @Test
  void aNodeThatStopsSendsItsCallersElsewhereAndItsTransportsOn() throws Exception {
    RunningServer stopping = RunningServer.onNats(nats);
    NatsServers.awaitUntil(() -> metric(here, "holdfast_nodes") == 3);
    CometClient calling = CometClient.connected(here, "").through(stopping);
    CompletableFuture<HttpResponse<String>> asked = asked(calling, stopping);
    CometClient served = CometClient.connected(stopping, "").through(there);
    CompletableFuture<HttpResponse<String>> last = asked(served, there);

    CompletableFuture<Void> stop = CompletableFuture.runAsync(stopping::close);
    // the one that only called there asks another node for the transport that it still has
    assertEquals(204, asked.get(20, TimeUnit.SECONDS).statusCode());
    calling.through(there).send(attach("moved"), publish("moved", 0, "on"));
    calling.await(ACK);
    // and the one whose transport ends is told so through the other node
    JsonNode frames = Json.MAPPER.readTree(last.get(20, TimeUnit.SECONDS).body());
    assertEquals(DISCONNECTED, frames.path(frames.size() - 1).path("action").asInt());
    stop.get(20, TimeUnit.SECONDS);
    calling.leave("close");
  }

  /** A question that has come to where its transport is, as no answer comes of itself. */
  private static CompletableFuture<HttpResponse<String>> asked(
      CometClient client, RunningServer node) throws Exception {
    double before = metric(node, "holdfast_http_requests_total");
    CompletableFuture<HttpResponse<String>> asked =
        node.http().sendAsync(node.bare(client.path("recv")).build(), BodyHandlers.ofString());
    NatsServers.awaitUntil(() -> metric(node, "holdfast_http_requests_total") > before + 1);
    return asked;
  }
}
