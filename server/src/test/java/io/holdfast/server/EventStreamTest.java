package io.holdfast.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventStreamTest {
  private static final String KEY = "&v=1.2&key=" + RunningServer.KEY;

  @TempDir static Path files;
  private static RunningServer server;

  @BeforeAll
  static void start() throws Exception {
    Path config = files.resolve("impatient.yaml");
    Files.writeString(config, "limits:\n  maxIdleInterval: 1s\n");
    server = RunningServer.inMemory("--config", config.toString());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void publish(String channel, String data) throws Exception {
    HttpResponse<String> response =
        server.post(
            "/channels/" + channel + "/messages", "{\"name\":\"n\",\"data\":\"" + data + "\"}");
    assertEquals(201, response.statusCode(), response.body());
  }

  @Test
  void messagesAreEventsWithTheirChannelAndAnId() throws Exception {
    try (Stream stream = Stream.of("/sse?channels=told" + KEY)) {
      String start = stream.next("").get("id");
      publish("told", "one");
      Map<String, String> event = stream.next("message");
      JsonNode message = Json.MAPPER.readTree(event.get("data"));
      assertEquals("told", message.path("channel").asText());
      assertEquals("one", message.path("data").asText());
      assertEquals("n", message.path("name").asText());
      assertTrue(message.path("id").asText().endsWith(":0"), message.toString());
      assertTrue(message.path("timestamp").asLong() > 0);
      assertNotNull(start);
      assertTrue(event.getOrDefault("id", "").compareTo(start) > 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void nothingIsSkippedBetweenTwoStreamsOfSeveralChannels(boolean header) throws Exception {
    String a = "gap-a-" + header;
    String b = "gap-b-" + header;
    String path = "/sse?separator=%7C&channels=" + b + "%7C" + a + KEY;
    String id;
    try (Stream stream = Stream.of(path)) {
      stream.next("");
      publish(a, "seen");
      id = stream.next("message").get("id");
    }
    for (int i = 0; i < 3; i++) {
      publish(a, "a" + i);
      publish(b, "b" + i);
    }
    HttpRequest.Builder request =
        header
            ? server.bare(path).header("Last-Event-ID", id)
            : server.bare(path + "&lastEvent=" + id);
    try (Stream stream = Stream.of(request)) {
      List<String> seen = new ArrayList<>();
      while (seen.size() < 6) {
        seen.add(Json.MAPPER.readTree(stream.next("message").get("data")).path("data").asText());
      }
      assertEquals(
          List.of("a0", "a1", "a2"), seen.stream().filter(s -> s.startsWith("a")).toList());
      assertEquals(
          List.of("b0", "b1", "b2"), seen.stream().filter(s -> s.startsWith("b")).toList());
    }
  }

  @Test
  void aBatchThatWasSeenInPartComesAgainWhole() throws Exception {
    try (Stream stream = Stream.of("/sse?channel=batch" + KEY)) {
      String start = stream.next("").get("id");
      server.post("/channels/batch/messages", "[{\"data\":\"1\"},{\"data\":\"2\"}]");
      assertEquals(start, stream.next("message").get("id"));
      assertFalse(stream.next("message").getOrDefault("id", "").equals(start));
    }
  }

  @Test
  void aPlaceThatIsNotKeptIsSaidAndTheStreamGoesOn() throws Exception {
    String old = "000000000-00000000000-000";
    try (Stream stream = Stream.of("/sse?channels=forgotten&lastEvent=" + old + KEY)) {
      assertTrue(stream.next("error").getOrDefault("data", "").contains("90003"));
      publish("forgotten", "new");
      assertTrue(stream.next("message").getOrDefault("data", "").contains("new"));
    }
  }

  @Test
  void dataAloneKeepsItsLines() throws Exception {
    try (Stream stream = Stream.of("/sse?channels=bare&enveloped=false" + KEY)) {
      stream.next("");
      publish("bare", "one\\ntwo");
      assertEquals("one\ntwo", stream.next("message").get("data"));
    }
  }

  @Test
  void aStreamThatBrokeBeforeTheRewindTellsItAgain() throws Exception {
    publish("broken", "1");
    publish("broken", "2");
    String path = "/sse?channels=broken&rewind=2" + KEY;
    String id;
    try (Stream stream = Stream.of(path)) {
      id = stream.next("").get("id");
    }
    try (Stream stream = Stream.of(path + "&lastEvent=" + id)) {
      for (String data : List.of("1", "2")) {
        JsonNode message = Json.MAPPER.readTree(stream.next("message").get("data"));
        assertEquals(data, message.path("data").asText());
      }
    }
  }

  @Test
  void rewindTellsWhatCameBefore() throws Exception {
    publish("rewound", "1");
    publish("rewound", "2");
    try (Stream stream = Stream.of("/sse?channels=rewound&rewind=1" + KEY)) {
      JsonNode message = Json.MAPPER.readTree(stream.next("message").get("data"));
      assertEquals("2", message.path("data").asText());
    }
  }

  @Test
  void heartbeatsAreCommentsUnlessAskedFor() throws Exception {
    try (Stream stream = Stream.of("/sse?channels=quiet" + KEY)) {
      String line = "";
      while (!":keepalive".equals(line)) {
        line = stream.line();
      }
    }
    try (Stream stream = Stream.of("/sse?channels=quiet&heartbeats=true" + KEY)) {
      stream.next("heartbeat");
    }
  }

  @Test
  void linesOfJsonAreForWhoDoesNotAcceptEvents() throws Exception {
    publish("lines", "1");
    try (Stream stream = Stream.of("/event-stream?channels=lines&rewind=1" + KEY)) {
      JsonNode line = Json.MAPPER.readTree(stream.line());
      assertEquals("message", line.path("event").asText());
      assertEquals("1", line.path("data").path("data").asText());
      assertFalse(line.path("id").asText().isEmpty());
    }
    HttpRequest.Builder request =
        server
            .bare("/event-stream?channels=lines&rewind=1" + KEY)
            .header("Accept", "text/event-stream");
    try (Stream stream = Stream.of(request)) {
      stream.next("message");
    }
  }

  @Test
  void aTokenThatEndsIsSaid() throws Exception {
    String token = server.post("/keys/app.k/requestToken", "{\"ttl\":1500}").body();
    String text = Json.MAPPER.readTree(token).path("token").asText();
    try (Stream stream = Stream.of("/sse?channels=ending&accessToken=" + text)) {
      assertTrue(stream.next("error").getOrDefault("data", "").contains("40142"));
      assertEquals(null, stream.line());
    }
  }

  @Test
  void whatMayNotBeReadIsAnAnswerOfHttpWhateverElseMayBe() throws Exception {
    for (int i = 0; i < 20; i++) {
      String asked = "{\"capability\":\"{\\\"may" + i + "\\\":[\\\"subscribe\\\"]}\"}";
      String token =
          Json.MAPPER
              .readTree(server.post("/keys/app.k/requestToken", asked).body())
              .path("token")
              .asText();
      String channels = "may" + i + "%2Cmay-not" + i;
      HttpResponse<String> response =
          server.send(server.bare("/sse?channels=" + channels + "&accessToken=" + token));
      assertEquals(401, response.statusCode(), response.body());
      assertTrue(response.body().contains("40160"), response.body());
    }
  }

  @Test
  void rewindLimitBoundsTheRewind() throws Exception {
    publish("bounded", "1");
    publish("bounded", "2");
    try (Stream stream = Stream.of("/sse?channels=bounded&rewind=2m&rewindLimit=1" + KEY)) {
      JsonNode message = Json.MAPPER.readTree(stream.next("message").get("data"));
      assertEquals("2", message.path("data").asText());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/sse?channels=x&key=app.k:wrong,401,40101",
    "/sse?channels=x,401,40101",
    "/sse?key=app.k:secret,400,40003",
    "/sse?channels=:x&key=app.k:secret,400,40010",
    "/sse?channels=a%2C:x&key=app.k:secret,400,40010",
    "/sse?channels=x&heartbeats=often&key=app.k:secret,400,40003",
    "/sse?channels=x&rewind=1&rewindLimit=0&key=app.k:secret,400,40000",
    "/sse?channels=x&rewind=y&key=app.k:secret,400,40000",
    "/sse?channels=x&lastEvent=a%2Cb&key=app.k:secret,400,40003",
  })
  void refusalsBeforeTheStreamAreAnswersOfHttp(String path, int status, int code) throws Exception {
    HttpResponse<String> response = server.send(server.bare(path));
    assertEquals(status, response.statusCode(), response.body());
    assertEquals(code, Json.MAPPER.readTree(response.body()).path("error").path("code").asInt());
  }

  /** An event stream as it is read. */
  private record Stream(InputStream body, BufferedReader reader) implements AutoCloseable {
    static Stream of(String path) throws Exception {
      return of(server.bare(path));
    }

    static Stream of(HttpRequest.Builder request) throws Exception {
      InputStream body = server.http().send(request.build(), BodyHandlers.ofInputStream()).body();
      return new Stream(body, new BufferedReader(new InputStreamReader(body, UTF_8)));
    }

    @Nullable String line() throws IOException {
      return reader.readLine();
    }

    /** The next of a kind; the empty kind is a block without one. Others before it are dropped. */
    Map<String, String> next(String kind) throws IOException {
      Map<String, String> fields = new HashMap<>();
      while (true) {
        String line = line();
        assertNotNull(line, "the stream ends before a " + kind);
        int colon = line.indexOf(':');
        if (line.isEmpty()) {
          if (fields.getOrDefault("event", "").equals(kind) && !fields.isEmpty()) {
            return fields;
          }
          fields.clear();
        } else if (colon > 0) {
          fields.merge(
              line.substring(0, colon),
              line.substring(Math.min(line.length(), colon + 2)),
              (one, two) -> one + "\n" + two);
        }
      }
    }

    @Override
    public void close() throws IOException {
      body.close();
    }
  }
}
