package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(Lifecycle.PER_CLASS)
class SandboxTest {
  private static final String BODY =
      """
      {"limits": {"presence": {"maxMembers": 2}},
       "keys": [{}, {"capability": "{\\"a\\":[\\"subscribe\\"]}"},
                {"capability": {"b": ["*"]}, "revocableTokens": true, "privileged": true}],
       "namespaces": [{"id": "kept", "persisted": true}, {"id": "live", "mutableMessages": true}],
       "channels": [{"name": "kept:members", "presence": [
          {"clientId": "ada", "data": "x"}, {"clientId": "bob", "data": {"n": 1}}]}]}
      """;

  private RunningServer server;

  @BeforeAll
  void start() {
    server = RunningServer.inMemory("--sandbox");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return Json.MAPPER.readTree(response.body());
  }

  private HttpResponse<String> made(String body) throws Exception {
    return server.send(
        server
            .bare("/apps")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private JsonNode app(String body) throws Exception {
    HttpResponse<String> response = made(body);
    assertEquals(201, response.statusCode(), response.body());
    return json(response);
  }

  private static String key(JsonNode app, int index) {
    return app.path("keys").path(index).path("keyStr").asText();
  }

  private HttpResponse<String> with(String key, String method, String path, String body)
      throws Exception {
    return server.send(
        server
            .bare(path)
            .header("Authorization", RunningServer.basic(key))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> get(String key, String path) throws Exception {
    return with(key, "GET", path, "");
  }

  @Test
  void anAppIsDescribedWhole() throws Exception {
    JsonNode app = app(BODY);
    String id = app.path("appId").asText();
    assertFalse(app.path("accountId").asText().isEmpty());
    assertEquals("127.0.0.1", app.path("endpoint").asText());
    assertEquals(server.port(), app.path("port").asInt());
    assertFalse(app.path("tls").asBoolean(true));
    assertEquals(3, app.path("keys").size());
    assertEquals(2, app.path("namespaces").size());
    assertEquals(1, app.path("channels").size());
    for (JsonNode key : app.path("keys")) {
      assertEquals(id + "." + key.path("id").asText(), key.path("keyName").asText());
      assertEquals(key.path("value").asText(), key.path("keySecret").asText());
      assertEquals(
          key.path("keyName").asText() + ":" + key.path("keySecret").asText(),
          key.path("keyStr").asText());
    }
    assertEquals("{\"*\":[\"*\"]}", app.path("keys").path(0).path("capability").asText());
    assertEquals("{\"a\":[\"subscribe\"]}", app.path("keys").path(1).path("capability").asText());
    assertEquals("{\"b\":[\"*\"]}", app.path("keys").path(2).path("capability").asText());
    assertTrue(app.path("keys").path(2).path("revocableTokens").asBoolean());
    assertTrue(app.path("keys").path(2).path("privileged").asBoolean());
    assertNotEquals(id, app("").path("appId").asText());
  }

  @Test
  void aChannelThatIsGivenNoMembersWorks() throws Exception {
    String key = key(app("{\"keys\":[{}],\"channels\":[{\"name\":\"empty\"}]}"), 0);
    assertEquals("[]", get(key, "/channels/empty/presence").body());
    assertEquals(
        201, with(key, "POST", "/channels/empty/messages", "{\"name\":\"n\"}").statusCode());
  }

  @Test
  void itsMembersAreThere() throws Exception {
    JsonNode members = json(get(key(app(BODY), 0), "/channels/kept:members/presence"));
    assertEquals(2, members.size());
    assertEquals("ada", members.path(0).path("clientId").asText());
    assertEquals("{\"n\":1}", members.path(1).path("data").asText());
    for (JsonNode member : members) {
      assertFalse(member.path("connectionId").asText().isEmpty());
      assertFalse(member.path("id").asText().isEmpty());
      assertTrue(member.path("timestamp").asLong() > 0);
    }
  }

  @Test
  void itsMembersAreBoundedByItsOwnLimit() throws Exception {
    String key = key(app(BODY), 0);
    Socket socket = server.socket("v=6&format=json&clientId=eve&key=" + key);
    socket.await(4);
    socket.send(
        "{\"action\":14,\"channel\":\"kept:members\",\"msgSerial\":0,"
            + "\"presence\":[{\"action\":2}]}");
    assertEquals(91003, socket.await(2).path("error").path("code").asInt());
  }

  @Test
  void anAppThatSetsNoLimitHasRoomForTheMembersThatSuitesEnter() throws Exception {
    Socket socket = server.socket("v=6&format=json&key=" + key(app("{\"keys\":[{}]}"), 0));
    socket.await(4);
    for (int frame = 0; frame < 5; frame++) {
      String members =
          IntStream.range(50 * frame, 50 * (frame + 1))
              .mapToObj(i -> "{\"action\":2,\"clientId\":\"c" + i + "\"}")
              .collect(Collectors.joining(","));
      socket.send(
          "{\"action\":14,\"channel\":\"many\",\"msgSerial\":%d,\"presence\":[%s]}"
              .formatted(frame, members));
      assertEquals(1, socket.await(1).path("count").asInt());
    }
  }

  @Test
  void itsNamespacesAndKeysHold() throws Exception {
    JsonNode app = app(BODY);
    String key = key(app, 0);
    String serial =
        json(with(key, "POST", "/channels/plain/messages", "{\"data\":\"x\"}"))
            .path("serials")
            .path(0)
            .asText();
    String path = "/channels/plain/messages/" + serial.replace("@", "%40");
    assertEquals(93002, code(with(key, "PATCH", path, "{\"data\":\"y\"}")));
    String live =
        json(with(key, "POST", "/channels/live:1/messages", "{\"data\":\"x\"}"))
            .path("serials")
            .path(0)
            .asText();
    assertEquals(
        200,
        with(key, "PATCH", "/channels/live:1/messages/" + live, "{\"data\":\"y\"}").statusCode());
    assertEquals(
        40160, code(with(key(app, 1), "POST", "/channels/a/messages", "{\"data\":\"x\"}")));
  }

  private static int code(HttpResponse<String> response) throws Exception {
    return json(response).path("error").path("code").asInt();
  }

  @Test
  void appsAreWorldsOfTheirOwn() throws Exception {
    String one = key(app("{\"keys\":[{}]}"), 0);
    String two = key(app("{\"keys\":[{}]}"), 0);
    with(one, "POST", "/channels/c/messages", "{\"data\":\"x\"}");
    assertEquals(1, json(get(one, "/channels/c/messages")).size());
    assertEquals(0, json(get(two, "/channels/c/messages")).size());
  }

  @Test
  void aDeletedAppIsGoneWithItsConnections() throws Exception {
    JsonNode app = app("{\"keys\":[{},{}]}");
    String id = app.path("appId").asText();
    String key = key(app, 0);
    Socket socket = server.socket("v=6&format=json&key=" + key);
    socket.await(4);
    String other = key(app("{\"keys\":[{}]}"), 0);
    assertEquals(40162, code(with(other, "DELETE", "/apps/" + id, "")));
    assertEquals(204, with(key, "DELETE", "/apps/" + id, "").statusCode());
    assertEquals(40400, socket.await(9).path("error").path("code").asInt());
    assertEquals(401, get(key, "/channels/c/messages").statusCode());
    assertEquals(404, with(other, "DELETE", "/apps/" + id, "").statusCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | 40000",
        "{\"keys\": {}} | 40003",
        "{\"keys\": [{\"capability\": \"nonsense\"}]} | 40003",
        "{\"namespaces\": [{}]} | 40003",
        "{\"channels\": [{\"name\": \":bad\"}]} | 40010",
        "{\"channels\": [{\"name\": \"a\", \"presence\": [{}]}]} | 40003",
        "{\"limits\": {\"presence\": {\"maxMembers\": -1}}} | 40003",
        "{\"limits\": {\"presence\": {\"maxMembers\": 1}}, \"channels\": [{\"name\": \"a\","
            + " \"presence\": [{\"clientId\": \"a\"}, {\"clientId\": \"b\"}]}]} | 91003",
      })
  void anAppThatMakesNoSenseIsRefused(String body, int code) throws Exception {
    assertEquals(code, code(made(body)));
  }

  @Test
  void statsOfASuiteAreTaken() throws Exception {
    assertEquals(
        201, server.post("/stats", "[{\"intervalId\":\"2025-02-03:15:03\"}]").statusCode());
    assertEquals("[]", server.get("/stats").body());
    assertEquals(401, server.send(server.bare("/stats")).statusCode());
  }
}
