package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Format;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(Lifecycle.PER_CLASS)
class WebSocketTest {
  private static final int HEARTBEAT = 0;
  private static final int ACK = 1;
  private static final int NACK = 2;
  private static final int CONNECTED = 4;
  private static final int ERROR = 9;
  private static final int ATTACHED = 11;
  private static final int MESSAGE = 15;
  private static final String PING = "{\"action\":0,\"id\":\"p\"}";

  private RunningServer server;

  @BeforeAll
  void start() {
    server = RunningServer.inMemory();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private String token(String body) throws Exception {
    return Json.MAPPER
        .readTree(server.post("/keys/app.k/requestToken", body).body())
        .path("token")
        .asText();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v=6|40101",
        "v=6&key=app.k:wrong|40101",
        "v=6&key=none.k:secret|40101",
        "v=6&key=app.none:secret|40400",
        "v=6&access_token=app.AAAA|40143",
        "v=6&access_token=a.b.c|40144",
        "v=6&access_token=nonsense|40101",
        "v=6&access_token=|40145",
        "v=6&key=app.k:secret&clientId=|40012",
        "v=1.2&key=app.k:secret|40017",
        "v=1&key=app.k:secret|40017",
        "v=six&key=app.k:secret|40017",
        "v=6&key=app.k:secret&appendRollupWindow=501|40003",
        "v=6&key=app.k:secret&appendRollupWindow=soon|40003",
        "v=6&key=app.k:secret&remainPresentFor=-1|40003",
      })
  void whoIsNotLetInIsToldOnTheSocket(String query, int code) throws Exception {
    try (Socket socket = server.socket(query)) {
      JsonNode error = socket.await(ERROR);
      assertEquals(code, error.path("error").path("code").asInt());
      assertFalse(error.has("channel"));
      assertEquals(1000, socket.closeCode());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key=app.k:secret",
        "v=2&key=app.k:secret",
        "v=6&key=app.k:secret&clientId=me&echo=false&heartbeats=true&agent=x%2F1&anything=at+all",
        "v=6&key=app.k:secret&appendRollupWindow=0&remainPresentFor=15000",
      })
  void whoMayComeInIsGreeted(String query) throws Exception {
    try (Socket socket = server.socket(query)) {
      JsonNode connected = socket.await(CONNECTED);
      assertFalse(connected.path("connectionId").asText().isEmpty());
      assertFalse(connected.path("connectionDetails").path("connectionKey").asText().isEmpty());
      assertEquals(65_536, connected.path("connectionDetails").path("maxMessageSize").asInt());
    }
  }

  @Test
  void tokensComeByEitherNameOrByHeader() throws Exception {
    String token = token("{\"clientId\":\"tom\"}");
    for (String query : new String[] {"access_token=" + token, "accessToken=" + token}) {
      try (Socket socket = server.socket("v=6&" + query)) {
        assertEquals(
            "tom", socket.await(CONNECTED).path("connectionDetails").path("clientId").asText());
      }
    }
    try (Socket socket = server.socket("v=6", "Bearer " + token)) {
      socket.await(CONNECTED);
    }
    try (Socket socket = server.socket("v=6", RunningServer.basic(RunningServer.KEY))) {
      socket.await(CONNECTED);
    }
    try (Socket socket = server.socket("v=6&clientId=other&access_token=" + token)) {
      assertEquals(40102, socket.await(ERROR).path("error").path("code").asInt());
    }
  }

  @Test
  void anExpiredTokenIsRefused() throws Exception {
    String token = token("{\"ttl\":1}");
    JsonNode frame;
    do {
      try (Socket socket = server.socket("v=6&access_token=" + token)) {
        frame = socket.await(ERROR);
      }
    } while (!frame.has("error"));
    assertEquals(40142, frame.path("error").path("code").asInt());
  }

  @Test
  void eitherFormatIsReadAndTheOneAskedForIsSent() throws Exception {
    try (Socket socket = server.socket("v=6&format=msgpack&key=" + RunningServer.KEY)) {
      socket.await(CONNECTED);
      socket.send(PING);
      assertEquals("p", socket.await(HEARTBEAT).path("id").asText());
      socket.send(BodyCodec.encodeTree(Map.of("action", 0, "id", "q"), Format.MSGPACK));
      assertEquals("q", socket.await(HEARTBEAT).path("id").asText());
    }
  }

  @Test
  void jsonIsReadInBinaryFramesToo() throws Exception {
    try (Socket socket = server.connected("")) {
      socket.send(PING.getBytes(StandardCharsets.UTF_8));
      assertEquals("p", socket.await(HEARTBEAT).path("id").asText());
    }
  }

  @Test
  void aFrameMayComeInParts() throws Exception {
    try (Socket socket = server.connected("")) {
      socket.sendPart("{\"action\":", false);
      socket.sendPart("0,\"id\"", false);
      socket.sendPart(":\"parts\"}", true);
      assertEquals("parts", socket.await(HEARTBEAT).path("id").asText());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "nonsense",
        "[]",
        "{\"action\":\"x\"}",
        "{\"action\":15,\"channel\":7}",
        "{\"action\":99}",
        "{\"action\":10,\"channel\":\"\"}",
        "{\"action\":10,\"channel\":\"[bad\"}",
      })
  void garbageDoesNotEndTheConnection(String frame) throws Exception {
    try (Socket socket = server.connected("")) {
      socket.send(frame);
      socket.send(frame.getBytes(StandardCharsets.UTF_8));
      socket.send(PING);
      assertEquals("p", socket.await(HEARTBEAT).path("id").asText());
    }
  }

  @Test
  void aMessageTooLargeIsRefusedAlone() throws Exception {
    try (Socket socket = server.connected("")) {
      publish(socket, "large", 0, "x".repeat(70_000));
      JsonNode nack = socket.await(NACK);
      assertEquals(40009, nack.path("error").path("code").asInt());
      publish(socket, "large", 1, "x".repeat(600_000));
      assertEquals(40009, socket.await(NACK).path("error").path("code").asInt());
      publish(socket, "large", 2, "small");
      assertEquals(2, socket.await(ACK).path("msgSerial").asInt());
    }
  }

  @Test
  void aFrameFarTooLargeEndsTheConnectionWithTheReason() throws Exception {
    try (Socket socket = server.connected("")) {
      socket.send("x".repeat(1_100_000));
      assertEquals(40009, socket.await(ERROR).path("error").path("code").asInt());
      assertEquals(1009, socket.closeCode());
    }
    try (Socket socket = server.connected("")) {
      for (int i = 0; i < 3; i++) {
        socket.sendPart("x".repeat(500_000), false);
      }
      assertEquals(40009, socket.await(ERROR).path("error").path("code").asInt());
      assertEquals(1009, socket.closeCode());
    }
  }

  @Test
  void whatIsPublishedArrives() throws Exception {
    try (Socket reader = server.connected("");
        Socket writer = server.connected("&echo=false")) {
      reader.send("{\"action\":10,\"channel\":\"c\"}");
      reader.await(ATTACHED);
      publish(writer, "c", 0, "hello");
      JsonNode ack = writer.await(ACK);
      assertEquals(0, ack.path("msgSerial").asInt());
      assertTrue(ack.has("msgSerial"));
      JsonNode message = reader.await(MESSAGE).path("messages").path(0);
      assertEquals("hello", message.path("data").asText());
      assertEquals(
          ack.path("res").path(0).path("serials").path(0).asText(),
          message.path("serial").asText());
      publish(writer, "c", 1, "y".repeat(20_000));
      assertEquals(
          20_000, reader.await(MESSAGE).path("messages").path(0).path("data").asText().length());
    }
  }

  @Test
  void anyPathIsADoorToAWebSocket() throws Exception {
    java.net.URI uri =
        java.net.URI.create(
            "ws://127.0.0.1:" + server.port() + "/some/where?key=" + RunningServer.KEY);
    try (Socket socket = Socket.open(server.http(), uri, null)) {
      socket.await(CONNECTED);
    }
  }

  static void publish(Socket socket, String channel, int msgSerial, String data) throws Exception {
    socket.send(
        "{\"action\":15,\"channel\":\""
            + channel
            + "\",\"msgSerial\":"
            + msgSerial
            + ",\"messages\":[{\"data\":\""
            + data
            + "\"}]}");
  }

  private String handshake(String... headers) throws Exception {
    try (java.net.Socket socket =
        new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      String head =
          "GET /?v=6 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
      String rest = String.join("", headers) + "\r\n";
      socket.getOutputStream().write((head + rest).getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aHandshakeWithoutAKeyIsRefused() throws Exception {
    for (String key : List.of("", "Sec-WebSocket-Key: \r\n")) {
      String answer = handshake("Sec-WebSocket-Version: 13\r\n", key);
      assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
      assertTrue(answer.contains("\"code\":40000"), answer);
      assertTrue(answer.contains("Sec-WebSocket-Key"), answer);
    }
  }

  @Test
  void aHandshakeOfAnotherVersionIsToldTheOneThatIsSpoken() throws Exception {
    String key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (String version : List.of("", "Sec-WebSocket-Version: 8\r\n")) {
      String answer = handshake(key, version);
      assertTrue(answer.startsWith("HTTP/1.1 426"), answer);
      assertTrue(answer.toLowerCase(Locale.ROOT).contains("sec-websocket-version: 13"), answer);
      assertTrue(answer.contains("\"code\":40000"), answer);
    }
  }
}
