package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Format;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@TestInstance(Lifecycle.PER_CLASS)
class RestTest {
  private static final Pattern LINK = Pattern.compile("<\\./(\\w+)\\?([^>]*)>; rel=\"next\"");

  private RunningServer server;

  @BeforeAll
  void start() {
    server = RunningServer.inMemory();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return Json.MAPPER.readTree(response.body());
  }

  private static String header(HttpResponse<?> response, String name) {
    return String.join(", ", response.headers().allValues(name));
  }

  private static void refused(HttpResponse<String> response, int status, int code)
      throws Exception {
    assertEquals(status + " " + code, response.statusCode() + " " + errorCode(response));
    assertEquals(String.valueOf(code), header(response, "X-Ably-Errorcode"));
    assertFalse(header(response, "X-Ably-Errormessage").isEmpty());
    assertEquals("application/json", header(response, "Content-Type"));
  }

  private static int errorCode(HttpResponse<String> response) throws Exception {
    return json(response).path("error").path("code").asInt();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /nothing, 404, 40400",
    "GET, /, 404, 40400",
    "GET, /channels/a/nothing, 404, 40400",
    "GET, /channels?limit=0, 400, 40003",
    "GET, /channels?by=size, 400, 40003",
    "GET, /channels?cursor=, 400, 40011",
    "GET, /channels?prefix=a:&cursor=b:1, 400, 40011",
    "GET, /channels?cursor=%3Abad, 400, 40011",
    "GET, /channels/a/presence?cursor=elsewhere, 400, 40011",
    "GET, /channels/%3Abad, 400, 40010",
    "GET, /stats?limit=0, 400, 40003",
    "GET, /presence, 400, 40003",
    "POST, /messages, 400, 40000",
    "GET, /keys/app.k/requestToken, 405, 40500",
    "GET, /keys/app.none/requestToken, 404, 40400",
    "POST, /keys/app.none/revokeTokens, 404, 40400",
    "POST, /keys/app.k/revokeTokens, 401, 40163",
    "POST, /apps, 404, 40400",
    "GET, /channels/a/messages/, 404, 40400",
    "GET, /channels/a/messages/0mwp00000-00000000001-000:000, 404, 40400",
    "GET, /channels/a/messages/0mwp00000-00000000001-000:000/versions, 404, 40400",
    "DELETE, /channels/a/messages, 405, 40500",
    "POST, /time, 405, 40500",
    "GET, /channels//messages, 400, 40010",
    "GET, /channels/[bad/messages, 400, 40010",
    "GET, /channels/%3Abad/messages, 400, 40010",
    "GET, /channels/a/messages?limit=0, 400, 40003",
    "GET, /channels/[filter=bmFtZQ]a/messages, 400, 40003",
    "GET, /channels/[filter=bmFtZQ]a/presence/history, 400, 40003",
    "GET, /channels/a/messages?limit=1001, 400, 40003",
    "GET, /channels/a/messages?limit=ten, 400, 40003",
    "GET, /channels/a/messages?direction=up, 400, 40003",
    "GET, /channels/a/messages?start=-1, 400, 40003",
    "GET, /channels/a/messages?start=2&end=1, 400, 40003",
    "GET, /channels/a/messages?from_serial=garbage, 400, 40003",
    "GET, /channels/a/presence?limit=0, 400, 40003",
    "GET, /channels/a/presence/history?limit=0, 400, 40003",
  })
  void whatCannotBeAnsweredSaysWhy(String method, String path, int status, int code)
      throws Exception {
    String escaped = path.replace("[", "%5B").replace("]", "%5D");
    refused(
        server.send(server.request(escaped).method(method, BodyPublishers.noBody())), status, code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-|401|40101",
        "Basic !!!|401|40101",
        "Basic YXBwLms6d3Jvbmc=|401|40101",
        "Basic YXBwLm90aGVyOnNlY3JldA==|401|40400",
        "Basic bm8ua2V5OnNlY3JldA==|401|40101",
        "Bearer app.AAAA|401|40143",
        "Bearer eyJhbGciOiJIUzI1NiJ9.e30.AAAA|401|40144",
        "Bearer ?|401|40101",
      })
  void credentialsAreJudged(String authorization, int status, int code) throws Exception {
    var request = server.bare("/channels/a/messages");
    if (!authorization.equals("-")) {
      request.header("Authorization", authorization);
    }
    HttpResponse<String> refusal = server.send(request);
    refused(refusal, status, code);
    assertEquals("X-Ably-Token realm=\"ably\"", header(refusal, "WWW-Authenticate"));
  }

  @Test
  void whoseTokenHasEndedIsToldToRenewIt() throws Exception {
    String made =
        json(server.post("/keys/app.k/requestToken", "{\"ttl\":1}")).path("token").asText();
    HttpResponse<String> refusal;
    do {
      refusal =
          server.send(
              server.bare("/channels/a/messages").header("Authorization", "Bearer " + made));
    } while (refusal.statusCode() != 401);
    refused(refusal, 401, 40142);
    assertEquals("X-Ably-Token realm=\"ably\", stale", header(refusal, "WWW-Authenticate"));
    assertEquals("", header(server.get("/nothing"), "WWW-Authenticate"));
  }

  @Test
  void keyAndTokenMayComeInTheQuery() throws Exception {
    assertEquals(
        200,
        server.send(server.bare("/channels/a/messages?key=" + RunningServer.KEY)).statusCode());
    String token = json(server.post("/keys/app.k/requestToken", "{}")).path("token").asText();
    for (String name : List.of("access_token", "accessToken")) {
      assertEquals(
          200, server.send(server.bare("/channels/a/messages?" + name + "=" + token)).statusCode());
    }
    String wrapped = Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8));
    for (String bearer : List.of(token, wrapped)) {
      assertEquals(
          200,
          server
              .send(server.bare("/channels/a/messages").header("Authorization", "Bearer " + bearer))
              .statusCode());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{|400|40000",
        "``|400|40000",
        "null|400|40000",
        "7|400|40000",
        "{\"name\":7}|400|40000",
        "{\"extras\":7}|400|40032",
        "{\"data\":\"!\",\"encoding\":\"base64\"}|400|40013",
        "{\"clientId\":\"*\"}|400|40012",
      },
      quoteCharacter = '`')
  void aBodyThatIsNoMessageIsRefused(String body, int status, int code) throws Exception {
    refused(server.post("/channels/refusals/messages", body), status, code);
  }

  @Test
  void oversizedBodiesAndMessagesAreTooLarge() throws Exception {
    String message = "{\"data\":\"" + "x".repeat(70_000) + "\"}";
    HttpResponse<String> large = server.post("/channels/large/messages", message);
    assertEquals("40009", header(large, "X-Ably-Errorcode"));
    HttpResponse<String> huge =
        server.post("/channels/large/messages", "\"" + "x".repeat(3 << 20) + "\"");
    refused(huge, 413, 40009);
    var chunked =
        BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(new byte[3 << 20]));
    refused(server.send(server.request("/channels/large/messages").POST(chunked)), 413, 40009);
    assertEquals("[]", server.get("/channels/large/messages").body());
  }

  @Test
  void anAddressThatIsTooLongIsRefused() throws Exception {
    refused(server.get("/time?x=" + "x".repeat(40_000)), 414, 40000);
    refused(server.send(server.request("/time").header("X", "x".repeat(40_000))), 431, 40000);
  }

  @Test
  void aSingleMessageAndABatchArePublished() throws Exception {
    HttpResponse<String> one =
        server.post("/channels/p/messages", "{\"name\":\"n\",\"data\":\"d\"}");
    assertEquals(201, one.statusCode());
    assertEquals("p", json(one).path("channel").asText());
    assertFalse(json(one).path("messageId").asText().isEmpty());
    assertEquals(1, json(one).path("serials").size());
    HttpResponse<String> two =
        server.post("/channels/p/messages", "[{\"data\":\"1\"},{\"data\":\"2\"}]");
    assertEquals(2, json(two).path("serials").size());
    JsonNode history = json(server.get("/channels/p/history"));
    assertEquals(
        List.of("2", "1", "d"), history.findValuesAsText("data"), () -> history.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a/b", "a:b", "🎉", "a+b", "50%", "a?b#c", "a[b]", "{\"a\"}"})
  void anyNameOfAChannelGoesThroughAPath(String name) throws Exception {
    String path =
        "/channels/"
            + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20")
            + "/messages";
    String channel = json(server.post(path, "{\"data\":\"x\"}")).path("channel").asText();
    assertEquals(name, channel);
    assertEquals("x", json(server.get(path)).path(0).path("data").asText());
  }

  @Test
  void aNameMayBeAThousandCharacters() throws Exception {
    String path = "/channels/" + "x".repeat(1_000) + "/messages";
    assertEquals(201, server.post(path, "{}").statusCode());
    refused(server.post("/channels/" + "x".repeat(3_000) + "/messages", "{}"), 400, 40010);
  }

  @Test
  void pagesFollowEachOtherByLinks() throws Exception {
    for (int i = 0; i < 5; i++) {
      server.post("/channels/pages/messages", "{\"data\":\"" + i + "\"}");
    }
    for (String place : List.of("messages", "history")) {
      assertEquals(
          List.of("4", "3", "2", "1", "0"), walk("/channels/pages/", place, "?limit=2"), place);
      assertEquals(
          List.of("0", "1", "2", "3", "4"),
          walk("/channels/pages/", place, "?limit=3&direction=forwards"),
          place);
    }
    List<String> links =
        server.get("/channels/pages/messages?limit=2&x=a%20b,c").headers().allValues("Link");
    assertEquals("<./messages?limit=2&x=a%20b%2Cc>; rel=\"first\"", links.get(0));
    assertTrue(links.get(1).endsWith("rel=\"current\""), links.get(1));
    assertTrue(links.get(2).endsWith("rel=\"next\""), links.get(2));
    assertFalse(
        header(server.get("/channels/pages/messages?key=" + RunningServer.KEY), "Link")
            .contains("secret"));
  }

  private List<String> walk(String folder, String place, String query) throws Exception {
    List<String> data = new ArrayList<>();
    String next = place + query;
    while (true) {
      HttpResponse<String> page = server.get(folder + next);
      data.addAll(json(page).findValuesAsText("data"));
      Matcher link = LINK.matcher(header(page, "Link"));
      if (!link.find()) {
        return data;
      }
      assertEquals(place, link.group(1));
      next = link.group(1) + "?" + link.group(2);
    }
  }

  @Test
  void aMessageIsReadChangedAndReadInItsVersions() throws Exception {
    String serial =
        json(server.post("/channels/m/messages", "{\"name\":\"n\",\"data\":\"one\"}"))
            .path("serials")
            .path(0)
            .asText();
    String path = "/channels/m/messages/" + URLEncoder.encode(serial, StandardCharsets.UTF_8);
    JsonNode appended =
        json(
            server.send(
                server
                    .request(path)
                    .method("PATCH", BodyPublishers.ofString("{\"action\":5,\"data\":\" two\"}"))));
    assertTrue(appended.path("versionSerial").asText().compareTo(serial) > 0);
    assertEquals("one two", json(server.get(path)).path("data").asText());
    server.send(server.request(path).method("PATCH", BodyPublishers.ofString("{\"data\":\"x\"}")));
    HttpResponse<String> versions = server.get(path + "/versions");
    assertEquals("x", json(versions).path(json(versions).size() - 1).path("data").asText());
    assertTrue(header(versions, "Link").startsWith("<./versions?"));
    refused(
        server.send(
            server
                .request(path)
                .method("PATCH", BodyPublishers.ofString("{\"serial\":\"other\"}"))),
        400,
        40003);
  }

  @Test
  void whatDoesNotExistIsNotChanged() throws Exception {
    refused(
        server.send(
            server
                .request("/channels/m/messages/0mwp00000-00000000001-000:000")
                .method("PATCH", BodyPublishers.ofString("{\"action\":5,\"data\":\"x\"}"))),
        404,
        40400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/time|application/x-msgpack,application/json|application/x-msgpack",
        "/time|text/html, application/json;q=0.5|application/json",
        "/time?format=msgpack|application/json|application/x-msgpack",
        "/time?format=json|application/x-msgpack|application/json",
        "/nothing|application/x-msgpack|application/x-msgpack",
        "/time|*/*|application/json",
      })
  void theAnswerHasTheFormatAskedFor(String path, String accept, String type) throws Exception {
    HttpResponse<byte[]> response =
        server
            .http()
            .send(server.bare(path).header("Accept", accept).build(), BodyHandlers.ofByteArray());
    assertEquals(type, header(response, "Content-Type"));
    Format format = type.endsWith("json") ? Format.JSON : Format.MSGPACK;
    assertTrue(BodyCodec.decodeTree(format, response.body()) != null);
  }

  @Test
  void bytesCrossBetweenTheFormats() throws Exception {
    byte[] body =
        BodyCodec.encodeTree(Map.of("name", "b", "data", new byte[] {1, 2}), Format.MSGPACK);
    HttpResponse<byte[]> published =
        server
            .http()
            .send(
                server
                    .request("/channels/bytes/messages")
                    .header("Content-Type", "application/x-msgpack")
                    .POST(BodyPublishers.ofByteArray(body))
                    .build(),
                BodyHandlers.ofByteArray());
    assertEquals(201, published.statusCode());
    assertEquals("application/x-msgpack", header(published, "Content-Type"));
    JsonNode message = json(server.get("/channels/bytes/messages")).path(0);
    assertEquals("AQI=", message.path("data").asText());
    assertEquals("base64", message.path("encoding").asText());
  }

  @Test
  void anEnvelopeCarriesStatusAndLinks() throws Exception {
    server.post("/channels/e/messages", "[{\"data\":\"1\"},{\"data\":\"2\"}]");
    HttpResponse<String> page = server.get("/channels/e/messages?limit=1&envelope=json");
    assertEquals(200, json(page).path("statusCode").asInt());
    assertEquals(1, json(page).path("response").size());
    assertTrue(json(page).path("headers").path("Link").asText().contains("rel=\"next\""));
    HttpResponse<String> fault = server.get("/nothing?envelope=json");
    assertEquals(200, fault.statusCode());
    assertEquals(404, json(fault).path("statusCode").asInt());
    assertEquals(40400, json(fault).path("response").path("error").path("code").asInt());
  }

  @Test
  void aPageOfAnyOriginMayAsk() throws Exception {
    HttpResponse<String> preflight =
        server.send(
            server
                .bare("/channels/a/messages")
                .header("Origin", "https://example.com")
                .header("Access-Control-Request-Method", "PATCH")
                .header("Access-Control-Request-Headers", "authorization,x-ably-version")
                .method("OPTIONS", BodyPublishers.noBody()));
    assertEquals(204, preflight.statusCode());
    assertTrue(header(preflight, "Access-Control-Allow-Methods").contains("PATCH"));
    assertEquals("authorization,x-ably-version", header(preflight, "Access-Control-Allow-Headers"));
    HttpResponse<String> answer =
        server.send(server.bare("/nothing").header("Origin", "https://example.com"));
    assertEquals("https://example.com", header(answer, "Access-Control-Allow-Origin"));
    assertEquals("true", header(answer, "Access-Control-Allow-Credentials"));
    assertTrue(header(answer, "Access-Control-Expose-Headers").contains("X-Ably-Errorcode"));
  }

  @Test
  void tokensAreIssuedToWhoShowsTheKey() throws Exception {
    HttpResponse<String> issued =
        server.post("/keys/app.k/requestToken", "{\"clientId\":\"tom\",\"ttl\":60000}");
    assertEquals(201, issued.statusCode());
    assertEquals("tom", json(issued).path("clientId").asText());
    assertEquals("{\"*\":[\"*\"]}", json(issued).path("capability").asText());
    refused(
        server.send(server.bare("/keys/app.k/requestToken").POST(BodyPublishers.ofString("{}"))),
        401,
        40101);
    refused(server.post("/keys/app.none/requestToken", "{}"), 404, 40400);
    refused(server.post("/keys/app.k/requestToken", "[]"), 400, 40000);
  }

  @Test
  void aTokenDoesOnlyWhatItsCapabilitySays() throws Exception {
    JsonNode details =
        json(
            server.post(
                "/keys/app.k/requestToken",
                "{\"capability\":\"{\\\"one\\\":[\\\"publish\\\"]}\"}"));
    String query = "?access_token=" + details.path("token").asText();
    refused(server.send(server.bare("/channels/one/messages" + query)), 401, 40160);
    refused(server.send(server.bare("/channels/one/presence" + query)), 401, 40160);
    var post = BodyPublishers.ofString("{}");
    assertEquals(
        201, server.send(server.bare("/channels/one/messages" + query).POST(post)).statusCode());
    refused(server.send(server.bare("/channels/two/messages" + query).POST(post)), 401, 40160);
  }

  @Test
  void aClientIdInAHeaderNamesThePublisher() throws Exception {
    server.send(
        server
            .request("/channels/who/messages")
            .header(
                "X-Ably-ClientId",
                Base64.getEncoder().encodeToString("zoë".getBytes(StandardCharsets.UTF_8)))
            .POST(BodyPublishers.ofString("{\"data\":\"x\"}")));
    JsonNode message = json(server.get("/channels/who/messages")).path(0);
    assertEquals("zoë", message.path("clientId").asText());
    refused(
        server.send(server.request("/channels/who/messages").header("X-Ably-ClientId", "!")),
        400,
        40012);
    String latin = Base64.getEncoder().encodeToString("zoë".getBytes(StandardCharsets.ISO_8859_1));
    refused(
        server.send(server.request("/channels/who/messages").header("X-Ably-ClientId", latin)),
        400,
        40012);
  }

  @Test
  void thereAreNoAnnotationsOfWhatIsNotThere() throws Exception {
    refused(server.get("/channels/none/messages/nope/annotations"), 404, 40400);
    String serial =
        json(server.post("/channels/none/messages", "{\"data\":\"x\"}"))
            .path("serials")
            .path(0)
            .asText()
            .replace(":", "%3A");
    HttpResponse<String> page = server.get("/channels/none/messages/" + serial + "/annotations");
    assertEquals("[]", page.body());
  }

  @Test
  void operatorsSeeItsState() throws Exception {
    assertEquals(200, server.send(server.bare("/healthz")).statusCode());
    assertEquals(200, server.send(server.bare("/readyz")).statusCode());
    assertEquals("yes", server.send(server.bare("/is-the-internet-up.txt")).body());
    HttpResponse<String> metrics = server.send(server.bare("/metrics"));
    assertTrue(header(metrics, "Content-Type").startsWith("text/plain"));
    assertTrue(metrics.body().contains("holdfast_connections "), metrics.body());
    assertTrue(metrics.body().contains("holdfast_publish_ack_seconds_bucket"), metrics.body());
  }

  @Test
  void headAnswersWithoutABody() throws Exception {
    HttpResponse<String> head =
        server.send(server.bare("/time").method("HEAD", BodyPublishers.noBody()));
    assertEquals(200, head.statusCode());
    assertEquals("", head.body());
  }

  @Test
  void requestsSentAheadAreAnsweredInOrder() throws Exception {
    try (java.net.Socket socket =
        new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), server.port())) {
      String first = "GET /is-the-internet-up.txt HTTP/1.1\r\nHost: x\r\n\r\n";
      String last = "GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket
          .getOutputStream()
          .write((first + first + first + last).getBytes(StandardCharsets.US_ASCII));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(4, all.split("yes", -1).length, all);
      assertTrue(all.indexOf("404") > all.lastIndexOf("yes"), all);
    }
  }

  @Test
  void whatIsNotHttpIsTold() throws Exception {
    try (java.net.Socket socket =
        new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write("\u0016\u0003 hello\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(all.startsWith("HTTP/1.1 400"), all);
    }
  }

  @Test
  void whoAsksWhetherToSendTooMuchIsRefusedWithAnError() throws Exception {
    try (java.net.Socket socket =
        new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), server.port())) {
      String head =
          String.join(
              "\r\n",
              "POST /channels/large/messages HTTP/1.1",
              "Host: x",
              "Expect: 100-continue",
              "Content-Length: 99999999",
              "",
              "");
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(all.startsWith("HTTP/1.1 413"), all);
      assertTrue(all.contains("\"code\":40009"), all);
    }
  }

  @Test
  void brokenEscapesAreRefused() throws Exception {
    try (java.net.Socket socket =
        new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              "GET /channels/%zz/messages HTTP/1.1\r\nHost: x\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(all.startsWith("HTTP/1.1 400"), all);
      assertTrue(all.contains("40000"), all);
    }
  }

  @Test
  void aClientThatHangsUpMidRequestIsNoFaultOfOurs() throws Exception {
    LinkedBlockingQueue<ILoggingEvent> logged = new LinkedBlockingQueue<>();
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            logged.add(event);
          }
        };
    appender.start();
    Logger log = (Logger) LoggerFactory.getLogger(HttpDoor.class);
    Level level = log.getLevel();
    log.setLevel(Level.DEBUG);
    log.addAppender(appender);
    try {
      try (java.net.Socket socket =
          new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), server.port())) {
        socket
            .getOutputStream()
            .write(
                "POST /channels/a/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
                    .getBytes(StandardCharsets.US_ASCII));
      }
      ILoggingEvent event = logged.poll(10, TimeUnit.SECONDS);
      assertTrue(event != null && event.getLevel() == Level.DEBUG, String.valueOf(event));
    } finally {
      log.detachAppender(appender);
      log.setLevel(level);
    }
  }

  @Test
  void theIdOfARequestComesBackWithItsError() throws Exception {
    JsonNode error =
        json(server.get("/channels/a/messages?limit=0&request_id=r%2B1")).path("error");
    assertEquals("r+1", error.path("requestId").asText());
    assertEquals(40003, error.path("code").asInt());
    assertEquals(400, error.path("statusCode").asInt());
    JsonNode none = json(server.get("/channels/a/messages?limit=0")).path("error");
    assertTrue(none.path("requestId").isMissingNode());
    JsonNode wrapped =
        json(server.get("/channels/a/messages?limit=0&request_id=r2&envelope=json"))
            .path("response");
    assertEquals("r2", wrapped.path("error").path("requestId").asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "text/plain; charset=utf-8", "application/octet-stream"})
  void aBodyOfAnotherContentTypeIsRefusedWithThoseThatAreTaken(String type) throws Exception {
    String message = "/channels/a/messages/0mwp00000-00000000001-000:000";
    for (HttpRequest.Builder request :
        List.of(
            server
                .request("/channels/a/messages")
                .POST(BodyPublishers.ofString("hello"))
                .header("Content-Type", type),
            server
                .request(message)
                .method("PATCH", BodyPublishers.ofString("hello"))
                .header("Content-Type", type))) {
      HttpResponse<String> response = server.send(request);
      refused(response, 415, 40000);
      String words = json(response).path("error").path("message").asText();
      assertTrue(words.contains("application/json"), words);
      assertTrue(words.contains("application/x-msgpack"), words);
    }
  }

  @Test
  void aBodyWithoutAContentTypeIsJson() throws Exception {
    HttpResponse<String> response =
        server.send(
            server
                .request("/channels/a/messages")
                .POST(BodyPublishers.ofString("{\"data\":\"x\"}")));
    assertEquals(201, response.statusCode());
  }
}
