package io.holdfast.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CometTest {
  private static final int HEARTBEAT = 0;
  private static final int ACK = 1;
  private static final int CONNECTED = 4;
  private static final int DISCONNECTED = 6;
  private static final int ATTACHED = 11;
  private static final int PRESENCE = 14;
  private static final int MESSAGE = 15;
  private static final String AUTH = "?key=" + RunningServer.KEY;

  @TempDir static Path files;
  private static RunningServer server;
  private static RunningServer impatient;

  @BeforeAll
  static void start() throws Exception {
    server = RunningServer.inMemory();
    Path config = files.resolve("impatient.yaml");
    Files.writeString(config, "limits:\n  maxIdleInterval: 1s\n");
    impatient = RunningServer.inMemory("--config", config.toString());
  }

  @AfterAll
  static void stop() {
    server.close();
    impatient.close();
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

  private static JsonNode error(HttpResponse<String> response) throws Exception {
    return Json.MAPPER.readTree(response.body()).path("error");
  }

  @Test
  void aPollingClientPublishesAndHears() throws Exception {
    CometClient client = CometClient.connected(server, "");
    client.send(attach("poll"), publish("poll", 0, "one"), publish("poll", 1, "two"));
    assertEquals("poll", client.await(ATTACHED).path("channel").asText());
    assertEquals(0, client.await(ACK).path("msgSerial").asInt(-1));
    client.send(publish("poll", 2, "three"));
    String last = "";
    while (!last.equals("three")) {
      last = data(client.await(MESSAGE));
    }
    assertEquals(204, client.leave("close"));
  }

  @Test
  void aStreamingClientHearsEveryArrayOnALineOfItsOwn() throws Exception {
    try (Lines lines = Lines.of(server, "/comet/connect" + AUTH + "&v=6")) {
      JsonNode connected = lines.next().path(0);
      assertEquals(CONNECTED, connected.path("action").asInt());
      String key = connected.path("connectionDetails").path("connectionKey").asText();
      assertTrue(key.matches("[A-Za-z0-9_-]+"), key);
      HttpResponse<String> sent =
          server.post(
              "/comet/" + key + "/send" + AUTH,
              "[" + attach("stream") + "," + publish("stream", 0, "one") + "]");
      assertEquals(204, sent.statusCode());
      String seen = "";
      while (!seen.contains("\"action\":1,")) {
        seen += lines.next();
      }
      // what was made comes before its acknowledgement
      assertTrue(seen.contains("\"action\":11") && seen.contains("\"action\":15"), seen);
    }
  }

  @Test
  void aConnectionGoesFromCometToASocketAndBack() throws Exception {
    CometClient first = CometClient.connected(server, "");
    first.send(attach("both"), publish("both", 0, "one"));
    JsonNode attached = first.await(ATTACHED);
    first.await(ACK);
    try (Socket socket =
        server.socket("v=6&format=json&key=" + RunningServer.KEY + "&resume=" + first.key())) {
      JsonNode connected = socket.await(CONNECTED);
      assertFalse(connected.has("error"));
      assertEquals(80016, first.await(DISCONNECTED).path("error").path("code").asInt());
      assertEquals(80003, error(first.ask()).path("code").asInt());
      socket.send(
          """
          {"action":10,"channel":"both","channelSerial":"%s"}\
          """
              .formatted(attached.path("channelSerial").asText()));
      assertEquals(4, socket.await(ATTACHED).path("flags").asInt() & 4);
      assertEquals("one", data(socket.await(MESSAGE)));
      String key = connected.path("connectionDetails").path("connectionKey").asText();
      CometClient second = CometClient.connected(server, "&resume=" + key);
      assertNotEquals(key, second.key());
      socket.await(DISCONNECTED);
      // The frame sent before is known, so it is answered and not applied again.
      second.send(publish("both", 0, "one"));
      second.await(ACK);
      assertEquals(1, Json.MAPPER.readTree(server.get("/channels/both/messages").body()).size());
    }
  }

  @Test
  void aNewTokenComesWithANewKeyAndBothAreGoodForAWhile() throws Exception {
    String token = server.post("/keys/app.k/requestToken", "{\"clientId\":\"ada\"}").body();
    String text = Json.MAPPER.readTree(token).path("token").asText();
    CometClient client = CometClient.connected(server, "&clientId=ada");
    String before = client.key();
    client.send("{\"action\":17,\"auth\":{\"accessToken\":\"" + text + "\"}}");
    client.await(CONNECTED);
    assertNotEquals(before, client.key());
    String old = "/comet/" + before + "/send" + AUTH;
    assertEquals(204, server.post(old, "[{\"action\":0,\"id\":\"ping\"}]").statusCode());
    JsonNode beat = client.await(HEARTBEAT);
    assertEquals("ping", beat.path("id").asText());
  }

  @Test
  void closingIsOverAtOnceAndTakesMembersAlong() throws Exception {
    try (Socket watcher = server.connected("&clientId=eve")) {
      watcher.send(attach("leaving"));
      watcher.await(ATTACHED);
      CometClient client = CometClient.connected(server, "&clientId=ada");
      client.send(
          attach("leaving"),
          "{\"action\":14,\"channel\":\"leaving\",\"msgSerial\":0,\"presence\":[{\"action\":2}]}");
      client.await(ACK);
      watcher.await(PRESENCE);
      // As SDKs do it: the one who closes hangs up first.
      HangUp.on(server, client.path("recv"));
      assertEquals(204, client.leave("close"));
      assertEquals(3, watcher.await(PRESENCE).path("presence").path(0).path("action").asInt());
    }
  }

  @Test
  void whoStaysAwayIsLostAndItsMembersLeaveAfterTheirGrace() throws Exception {
    try (Socket watcher = impatient.connected("&clientId=eve")) {
      watcher.send(attach("away"));
      watcher.await(ATTACHED);
      CometClient client = CometClient.connected(impatient, "&clientId=ada&remainPresentFor=100");
      client.send(
          attach("away"),
          "{\"action\":14,\"channel\":\"away\",\"msgSerial\":0,\"presence\":[{\"action\":2}]}");
      client.await(ACK);
      watcher.await(PRESENCE);
      assertEquals(3, watcher.await(PRESENCE).path("presence").path(0).path("action").asInt());
      assertEquals(80003, error(client.ask()).path("code").asInt());
      CometClient back = CometClient.connected(impatient, "&resume=" + client.key());
      assertNotEquals(client.key(), back.key());
    }
  }

  @Test
  void anAnswerEndsInTimeThoughThereIsNothingToSay() throws Exception {
    CometClient client = CometClient.connected(impatient, "");
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> answer =
          impatient
              .http()
              .sendAsync(impatient.bare(client.path("recv")).build(), BodyHandlers.ofString())
              .get(3, TimeUnit.SECONDS);
      assertTrue(answer.statusCode() == 204 || answer.body().equals("[{\"action\":0}]"));
    }
    try (Lines lines = Lines.of(impatient, "/comet/connect" + AUTH)) {
      String last = "";
      while (last != null) {
        last = lines.read();
      }
    }
  }

  @Test
  void aRequestThatABrowserMadeTwiceIsAnsweredTwiceAndDoneOnce() throws Exception {
    CometClient client = CometClient.connected(server, "");
    String ping = "[{\"action\":0,\"id\":\"once\"}]";
    for (int i = 0; i < 2; i++) {
      assertEquals(204, server.post(client.path("send") + "&rnd=s1", ping).statusCode());
    }
    String first = server.send(server.bare(client.path("recv") + "&rnd=r1")).body();
    assertEquals("[{\"action\":0,\"id\":\"once\"}]", first);
    assertEquals(first, server.send(server.bare(client.path("recv") + "&rnd=r1")).body());
    assertEquals(204, server.post(client.path("send") + "&rnd=s2", ping).statusCode());
    assertEquals(first, server.send(server.bare(client.path("recv") + "&rnd=r2")).body());
  }

  @Test
  void anEarlierQuestionIsAnsweredWhenTheNextIsAsked() throws Exception {
    CometClient client = CometClient.connected(server, "");
    CompletableFuture<HttpResponse<String>> first =
        server.http().sendAsync(server.bare(client.path("recv")).build(), BodyHandlers.ofString());
    CompletableFuture<HttpResponse<String>> second = null;
    while (!first.isDone()) {
      second =
          server
              .http()
              .sendAsync(server.bare(client.path("recv")).build(), BodyHandlers.ofString());
      client.send();
    }
    assertTrue(first.get().statusCode() == 204 || first.get().statusCode() == 200);
    assertNotEquals(null, second);
  }

  @ParameterizedTest
  @CsvSource({
    "/comet/connect?key=app.k:wrong,401,40101",
    "/comet/connect,401,40101",
    "/comet/connect?key=app.k:secret&v=1.0,400,40017",
    "/comet/nobody/recv?key=app.k:secret,503,80003",
    "/comet/nobody/recv,401,40101",
    "/comet/nobody/other?key=app.k:secret,404,40400",
    "/comet,404,40400",
    "/comet/nobody/send?key=app.k:secret,405,40500"
  })
  void refusalsAreSaidAsOverRest(String path, int status, int code) throws Exception {
    HttpResponse<String> response = server.send(server.bare(path).header("Origin", "http://page"));
    assertEquals(status, response.statusCode());
    assertEquals(code, error(response).path("code").asInt());
    var headers = response.headers();
    assertEquals(Integer.toString(code), headers.firstValue("X-Ably-Errorcode").orElse(""));
    assertEquals("http://page", headers.firstValue("access-control-allow-origin").orElse(""));
    assertTrue(
        headers
            .firstValue("access-control-expose-headers")
            .orElse("")
            .contains("X-Ably-Errorcode"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{}|40000|400", "[{|40000|400", "''|40000|400"})
  void whatIsNoArrayOfFramesIsRefused(String body, int code, int status) throws Exception {
    CometClient client = CometClient.connected(server, "");
    HttpResponse<String> response = client.post(body);
    assertEquals(code, error(response).path("code").asInt());
    assertEquals(status, response.statusCode());
    client.send("7", "{\"action\":0,\"id\":\"still there\"}");
    assertEquals("still there", client.await(HEARTBEAT).path("id").asText());
  }

  @Test
  void aSendMayBeLargerThanOtherBodiesYetNotWithoutBound() throws Exception {
    CometClient client = CometClient.connected(server, "");
    String[] many = new String[60];
    for (int i = 0; i < many.length; i++) {
      many[i] = publish("large", i, "x".repeat(60_000));
    }
    client.send(many);
    int acked = 0;
    while (acked < many.length) {
      acked += client.await(ACK).path("count").asInt();
    }
    String endless = "[\"" + "x".repeat(9 << 20) + "\"]";
    assertEquals(413, client.post(endless).statusCode());
    assertEquals(413, client.post("[{\"x\":\"" + "x".repeat(2 << 20) + "\"}]").statusCode());
  }

  @Test
  void aPreflightIsAnswered() throws Exception {
    HttpResponse<String> response =
        server.send(
            server
                .bare("/comet/any/send")
                .method("OPTIONS", java.net.http.HttpRequest.BodyPublishers.noBody())
                .header("Origin", "http://page")
                .header("Access-Control-Request-Headers", "content-type"));
    assertEquals(204, response.statusCode());
    assertEquals(
        "content-type", response.headers().firstValue("access-control-allow-headers").orElse(""));
  }

  /** Asks and hangs up before the answer. */
  private static final class HangUp {
    static void on(RunningServer server, String path) throws Exception {
      try (java.net.Socket socket =
          new java.net.Socket(InetAddress.getLoopbackAddress(), server.port())) {
        String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(UTF_8));
        socket.getOutputStream().flush();
      }
    }
  }
}
