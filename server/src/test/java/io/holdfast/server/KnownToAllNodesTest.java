package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.journalnats.NatsOptions;
import io.holdfast.journalnats.NatsServers;
import io.holdfast.journalnats.NatsStore;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was made, taken back or is in use on one node, asked for on another at once. */
class KnownToAllNodesTest {
  private static final String APP =
      """
      {"keys": [{"revocableTokens": true}],
       "namespaces": [{"id": "live", "mutableMessages": true}]}
      """;

  @TempDir static Path directory;
  private static NatsServers nats;
  private static RunningServer here;
  private static RunningServer there;

  @BeforeAll
  static void start() {
    nats = NatsServers.fast(directory, 1);
    here = RunningServer.onNats(nats, "--sandbox");
    there = RunningServer.onNats(nats, "--sandbox");
    NatsServers.awaitUntil(() -> metrics(here).contains("holdfast_nodes 2.0"));
  }

  @AfterAll
  static void stop() {
    there.close();
    here.close();
    nats.close();
  }

  private static String metrics(RunningServer node) {
    try {
      return node.get("/metrics").body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return Json.MAPPER.readTree(response.body());
  }

  private static String made() throws Exception {
    HttpRequest.Builder make =
        here.bare("/apps")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(APP));
    HttpResponse<String> response = here.send(make);
    assertEquals(201, response.statusCode(), response.body());
    return json(response).path("keys").path(0).path("keyStr").asText();
  }

  private static HttpRequest.Builder with(RunningServer node, String key, String path) {
    return node.bare(path)
        .header("Authorization", RunningServer.basic(key))
        .header("Content-Type", "application/json");
  }

  private static HttpResponse<String> get(RunningServer node, String key, String path)
      throws Exception {
    return node.send(with(node, key, path));
  }

  private static HttpResponse<String> post(RunningServer node, String key, String path, String body)
      throws Exception {
    return node.send(with(node, key, path).POST(BodyPublishers.ofString(body)));
  }

  @Test
  void anAppThatWasJustMadeIsServedByEveryNodeByItsRules() throws Exception {
    for (int i = 0; i < 30; i++) {
      String key = made();
      assertEquals(200, get(there, key, "/channels").statusCode());
      HttpResponse<String> published =
          post(there, key, "/channels/live:a/messages", "{\"data\":\"one\"}");
      String serial = json(published).path("serials").path(0).asText();
      // only the namespace's rules let a message be changed
      assertEquals(
          200,
          there
              .send(
                  with(there, key, "/channels/live:a/messages/" + serial)
                      .method("PATCH", BodyPublishers.ofString("{\"data\":\"two\"}")))
              .statusCode());
      try (Socket socket = there.socket("v=6&format=json&key=" + made())) {
        socket.await(4);
      }
    }
  }

  @Test
  void whatNobodyToldOfIsFoundWhereItIsMissed() throws Exception {
    try (NatsStore other = NatsStore.open(NatsOptions.of(nats.urls(), 1))) {
      AppRecords records = new AppRecords(other.registry());
      for (int i = 0; i < 30; i++) {
        String app = "quiet" + i;
        ApiKey key = new ApiKey(app, "k", "secret", Capability.ALL, false, Origin.MADE);
        records.write(new App(app, Terms.STANDARD, Map.of("k", key), Map.of()));
        assertEquals(200, get(there, key.whole(), "/channels").statusCode());
      }
    }
    assertEquals(401, get(there, "quiet0.none:secret", "/channels").statusCode());
    assertEquals(401, get(there, "nobody.none:secret", "/channels").statusCode());
    HttpRequest.Builder token =
        there.bare("/keys/a.b/requestToken").POST(BodyPublishers.ofString("{}"));
    assertEquals(404, there.send(token).statusCode());
    try (Socket socket = there.socket("v=6&format=json&key=nobody.none:secret")) {
      assertEquals(40101, socket.await(9).path("error").path("code").asInt());
    }
  }

  @Test
  void tokensThatWereJustTakenBackHoldOnNoNode() throws Exception {
    for (int i = 0; i < 10; i++) {
      String key = made();
      String name = key.substring(0, key.indexOf(':'));
      HttpResponse<String> issued =
          post(here, key, "/keys/" + name + "/requestToken", "{\"clientId\":\"ada\"}");
      String token = json(issued).path("token").asText();
      try (Socket socket = there.socket("v=6&format=json&access_token=" + token)) {
        socket.await(4);
        String targets = "{\"targets\":[\"clientId:ada\"]}";
        post(here, key, "/keys/" + name + "/revokeTokens", targets);
        HttpResponse<String> refused = there.send(there.bare("/channels?access_token=" + token));
        assertEquals(40141, json(refused).path("error").path("code").asInt());
        assertEquals(40141, socket.await(6).path("error").path("code").asInt());
      }
    }
  }

  @Test
  void whoIsConnectedToAnAppThatIsDeletedElsewhereIsShownOut() throws Exception {
    String key = made();
    try (Socket socket = there.socket("v=6&format=json&key=" + key)) {
      socket.await(4);
      String app = key.substring(0, key.indexOf('.'));
      assertEquals(204, here.send(with(here, key, "/apps/" + app).DELETE()).statusCode());
      assertEquals(40400, socket.await(9).path("error").path("code").asInt());
      assertEquals(401, get(there, key, "/channels").statusCode());
    }
  }

  @Test
  void channelsInUseAreListedOfAllNodes() throws Exception {
    String key = made();
    try (Socket a = here.socket("v=6&format=json&key=" + key);
        Socket b = there.socket("v=6&format=json&key=" + key)) {
      a.await(4);
      b.await(4);
      attach(a, "one");
      attach(a, "both");
      attach(b, "both");
      attach(b, "two");
      for (RunningServer node : List.of(here, there)) {
        JsonNode names = json(get(node, key, "/channels?by=id"));
        assertEquals("[\"both\",\"one\",\"two\"]", names.toString());
        JsonNode both = json(get(node, key, "/channels?by=value&prefix=bo")).path(0);
        assertEquals("both", both.path("name").asText());
        JsonNode metrics = both.path("status").path("occupancy").path("metrics");
        assertEquals(2, metrics.path("connections").asInt(), both.toString());
        TreeSet<String> paged = new TreeSet<>();
        for (String next = "/channels?by=id&limit=1"; next != null; ) {
          HttpResponse<String> page = get(node, key, next);
          json(page).forEach(name -> paged.add(name.asText()));
          next =
              page.headers().allValues("link").stream()
                  .filter(link -> link.contains("rel=\"next\""))
                  .map(link -> "/" + link.substring(3, link.indexOf('>')))
                  .findFirst()
                  .orElse(null);
        }
        assertEquals(List.of("both", "one", "two"), List.copyOf(paged));
      }
    }
  }

  private static void attach(Socket socket, String channel) throws Exception {
    socket.send("{\"action\":10,\"channel\":\"" + channel + "\"}");
    assertEquals(channel, socket.await(11).path("channel").asText());
  }

  @Test
  void aNodeThatCannotLookSaysSoRatherThanThatAKeyIsWrong() throws Exception {
    NatsServers own = NatsServers.fast(directory.resolve("own"), 1);
    try (RunningServer node = RunningServer.onNats(own)) {
      own.servers().getFirst().kill();
      assertEquals(200, node.get("/channels").statusCode());
      HttpResponse<String> unknown = get(node, "app.new:secret", "/channels");
      assertEquals(503, unknown.statusCode());
      assertTrue(unknown.body().contains("looked up"), unknown.body());
      own.servers().getFirst().start();
      NatsServers.awaitUntil(() -> status(node, "app.new:secret") == 401);
    } finally {
      own.close();
    }
  }

  private static int status(RunningServer node, String key) {
    try {
      return get(node, key, "/channels").statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
