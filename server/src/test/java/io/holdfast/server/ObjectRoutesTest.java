package io.holdfast.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.objects.Initial;
import io.holdfast.objects.ObjectId;
import io.holdfast.objects.ObjectType;
import io.holdfast.protocol.BodyCodec;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Format;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(Lifecycle.PER_CLASS)
class ObjectRoutesTest {
  private static final int OBJECT = 19;
  private static final Pattern NEXT = Pattern.compile("<\\./([^>]*)>; rel=\"next\"");

  private RunningServer server;
  private int channels;

  @BeforeAll
  void start() {
    server = RunningServer.inMemory();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  /** The path of a channel that no other test uses. */
  private String channel() {
    return "/channels/objects-" + ++channels;
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static JsonNode tree(HttpResponse<String> response) throws Exception {
    return Json.MAPPER.readTree(response.body());
  }

  private JsonNode get(String path) throws Exception {
    HttpResponse<String> response = server.get(path);
    assertEquals(200, response.statusCode(), response.body());
    return tree(response);
  }

  private JsonNode post(String path, String body) throws Exception {
    HttpResponse<String> response = server.post(path, json(body));
    assertEquals(201, response.statusCode(), response.body());
    return tree(response);
  }

  private void refused(HttpResponse<String> response, int status, int code) throws Exception {
    assertEquals(
        status + " " + code,
        response.statusCode() + " " + tree(response).path("error").path("code").asInt(),
        response.body());
  }

  private static String id(JsonNode answer) {
    return answer.path("objectIds").path(0).asText();
  }

  // ---- operations ----

  @Test
  void anOperationIsAnsweredWithTheObjectsItChanged() throws Exception {
    String channel = channel();
    JsonNode made = post(channel + "/object", "{'path': 'votes', 'mapCreate': {'semantics': 0}}");
    assertEquals(channel.substring("/channels/".length()), made.path("channel").asText());
    assertTrue(made.path("messageId").asText().endsWith(":0"), made.toString());
    assertEquals(2, made.path("objectIds").size());
    assertEquals("root", made.path("objectIds").path(1).asText());
    String counter = id(post(channel + "/object", "{'path': 'votes.up', 'counterCreate': {}}"));
    JsonNode added =
        post(channel + "/object", "{'path': 'votes.*', 'counterInc': {'number': 2.5}}");
    assertEquals(List.of(counter), Json.MAPPER.convertValue(added.path("objectIds"), List.class));
    assertEquals(json("{'votes':{'up':2.5}}"), get(channel + "/object").toString());
  }

  @Test
  void theFirstPathAndTheFirstWordsStillDo() throws Exception {
    String channel = channel();
    String map =
        id(
            post(
                channel + "/objects",
                "{'operation': 'MAP_CREATE', 'data': {'a': {'data': {'string': 'x'}}}}"));
    String counter =
        id(post(channel + "/objects", "{'operation': 'COUNTER_CREATE', 'data': {'number': 7}}"));
    post(
        channel + "/objects",
        "[{'operation': 'MAP_SET', 'objectId': 'root',"
            + " 'data': {'key': 'm', 'value': {'objectId': '"
            + map
            + "'}}}, {'operation': 'MAP_SET', 'path': 'm', 'data': {'key': 'c', 'value':"
            + " {'objectId': '"
            + counter
            + "'}}}, {'operation': 'COUNTER_INC', 'path': 'm.c', 'data': {'number': -2}},"
            + " {'operation': 'MAP_REMOVE', 'path': 'm', 'data': {'key': 'a'}}]");
    assertEquals(json("{'m':{'c':5}}"), get(channel + "/object").toString());
  }

  @Test
  void aBatchIsDoneAsAWholeOrNotAtAll() throws Exception {
    String channel = channel();
    refused(
        server.post(
            channel + "/object",
            json(
                "[{'path': '', 'mapSet': {'key': 'a', 'value': {'number': 1}}},"
                    + " {'objectId': 'root', 'counterInc': {'number': 1}}]")),
        400,
        92000);
    refused(
        server.post(
            channel + "/object",
            json(
                "[{'path': '', 'mapSet': {'key': 'a', 'value': {'number': 1}}},"
                    + " {'path': 'b', 'counterInc': {'number': 1}}]")),
        400,
        92005);
    assertEquals("{}", get(channel + "/object").toString());
  }

  @Test
  void whatComesAgainIsDoneOnce() throws Exception {
    String channel = channel();
    String create = "{'id': 'made', 'path': 'n', 'counterCreate': {'count': 1}}";
    JsonNode first = post(channel + "/object", create);
    assertEquals("made", first.path("messageId").asText());
    assertEquals(first, post(channel + "/object", create));
    String inc = "{'id': 'more', 'path': 'n', 'counterInc': {'number': 10}}";
    post(channel + "/object", inc);
    post(channel + "/object", inc);
    String batch =
        "[{'id': 'b:0', 'path': 'n', 'counterInc': {'number': 100}},"
            + " {'id': 'b:1', 'path': 'n', 'counterInc': {'number': 1000}}]";
    post(channel + "/object", batch);
    post(channel + "/object", batch);
    assertEquals(json("{'n':1111}"), get(channel + "/object").toString());
    post(channel + "/object", inc.replace("more", "again"));
    assertEquals(json("{'n':1121}"), get(channel + "/object").toString());
  }

  @Test
  void aRepetitionIsKnownThoughItsPathLeadsNowhere() throws Exception {
    String channel = channel();
    post(channel + "/object", "{'path': 't', 'mapCreate': {'semantics': 0, 'entries': {}}}");
    String batch =
        "[{'id': 'b:0', 'path': 't', 'mapSet': {'key': 'k', 'value': {'number': 1}}},"
            + " {'id': 'b:1', 'path': '', 'mapRemove': {'key': 't'}}]";
    JsonNode first = post(channel + "/object", batch);
    JsonNode again = post(channel + "/object", batch);
    assertEquals(first.path("messageId"), again.path("messageId"));
    assertEquals("{}", get(channel + "/object").toString());
  }

  @Test
  void aRepetitionIsKnownThoughItsPathLeadsElsewhere() throws Exception {
    String channel = channel();
    post(channel + "/object", "{'path': 'a', 'counterCreate': {}}");
    String inc = "{'id': 'all', 'path': '*', 'counterInc': {'number': 1}}";
    post(channel + "/object", inc);
    post(channel + "/object", "{'path': 'b', 'counterCreate': {}}");
    post(channel + "/object", inc);
    assertEquals(json("{'a':1,'b':0}"), get(channel + "/object").toString());
  }

  @Test
  void repetitionsAtTheSameTimeNameTheSameObject() throws Exception {
    String channel = channel();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      answers.add(
          server
              .http()
              .sendAsync(
                  server
                      .request(channel + "/object")
                      .header("Content-Type", "application/json")
                      .POST(
                          BodyPublishers.ofString(
                              json("{'id': 'one', 'path': 'n', 'counterCreate': {'count': 3}}")))
                      .build(),
                  BodyHandlers.ofString()));
    }
    String first = id(tree(answers.getFirst().get()));
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertEquals(first, id(tree(answer.get())));
    }
    assertEquals(first, get(channel + "/object?compact=false&path=n").path("objectId").asText());
    assertEquals(json("{'n':3}"), get(channel + "/object").toString());
  }

  @Test
  void anObjectMayBeNamedByWhoMakesIt() throws Exception {
    String channel = channel();
    Initial initial = new Initial(json("{'count':100}"), "0123456789abcdef");
    String id = ObjectId.of(ObjectType.COUNTER, initial, System.currentTimeMillis()).toString();
    JsonNode made =
        post(
            channel + "/object",
            "[{'objectId': '"
                + id
                + "', 'counterCreateWithObjectId': {'initialValue': '{\\'count\\':100}', 'nonce':"
                + " '0123456789abcdef'}}, {'path': '', 'mapSet': {'key': 'n', 'value':"
                + " {'objectId': '"
                + id
                + "'}}}]");
    assertEquals(id, id(made));
    assertEquals(100, get(channel + "/object/" + id).asInt());
    refused(
        server.post(
            channel + "/object",
            json(
                "{'objectId': '"
                    + id
                    + "', 'counterCreateWithObjectId': {'initialValue': '{\\'count\\':101}',"
                    + " 'nonce': '0123456789abcdef'}}")),
        400,
        92000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{|400|40000",
        "[]|400|40000",
        "{}|400|92000",
        "{'counterInc': {'number': 1}}|400|92006",
        "{'path': 'none', 'counterInc': {'number': 1}}|400|92005",
        "{'path': '', 'counterInc': {'number': 1}}|400|92007",
        "{'objectId': 'none', 'counterInc': {'number': 1}}|400|92000",
        "{'objectId': 'root', 'mapSet': {'key': 'k', 'value': {'objectId': 'none'}}}|400|92000",
        "[{'id': 'a:0', 'path': '', 'mapClear': {}}, {'path': '', 'mapClear': {}}]|400|40031",
        "[{'id': 'a', 'path': '', 'mapClear': {}}, {'id': 'b', 'path': '', 'mapClear': {}}]|400|40031",
        "{'id': '', 'path': '', 'mapClear': {}}|400|40031",
      })
  void whatCannotBeDoneSaysWhy(String body, int status, int code) throws Exception {
    refused(server.post("/channels/objects-refused/object", json(body)), status, code);
  }

  @Test
  void whatIsTooLargeIsRefused() throws Exception {
    String channel = channel();
    refused(
        server.post(
            channel + "/object",
            json(
                "{'path': '', 'mapSet': {'key': 'k', 'value': {'string': '"
                    + "x".repeat(70_000)
                    + "'}}}")),
        413,
        40009);
    assertEquals("{}", get(channel + "/object").toString());
  }

  @Test
  void messagePackIsTakenAndGiven() throws Exception {
    String channel = channel();
    byte[] body =
        BodyCodec.encodeTree(
            Map.of(
                "path",
                "",
                "mapSet",
                Map.of("key", "k", "value", Map.of("bytes", new byte[] {1, 2}))),
            Format.MSGPACK);
    HttpResponse<byte[]> made =
        server
            .http()
            .send(
                server
                    .request(channel + "/object")
                    .header("Content-Type", "application/x-msgpack")
                    .POST(BodyPublishers.ofByteArray(body))
                    .build(),
                BodyHandlers.ofByteArray());
    assertEquals(201, made.statusCode());
    Map<?, ?> answer =
        assertInstanceOf(Map.class, BodyCodec.decodeTree(Format.MSGPACK, made.body()));
    assertEquals(List.of("root"), answer.get("objectIds"));
    assertEquals(json("{'k':'AQI='}"), get(channel + "/object").toString());
    HttpResponse<byte[]> read =
        server
            .http()
            .send(
                server
                    .request(channel + "/object?path=k")
                    .header("Accept", "application/x-msgpack")
                    .build(),
                BodyHandlers.ofByteArray());
    assertEquals(
        List.of((byte) 0xc4, (byte) 2, (byte) 1, (byte) 2),
        List.of(read.body()[0], read.body()[1], read.body()[2], read.body()[3]));
  }

  @Test
  void whoIsAttachedHearsOfIt() throws Exception {
    String channel = channel();
    String name = channel.substring("/channels/".length());
    try (Socket socket = server.connected("")) {
      socket.send(
          json(
              "{'action': 10, 'channel': '"
                  + name
                  + "', 'flags': "
                  + Flags.OBJECT_SUBSCRIBE
                  + "}"));
      socket.await(11);
      post(channel + "/object", "{'id': 'i', 'path': 'n', 'counterCreate': {'count': 4}}");
      JsonNode frame = socket.await(OBJECT);
      assertEquals(2, frame.path("state").size(), "both in one frame");
      assertEquals("i:0", frame.path("state").path(0).path("id").asText());
      JsonNode create = frame.path("state").path(0).path("operation");
      assertEquals(4, create.path("counterCreate").path("count").asInt());
      assertTrue(create.path("counterCreateWithObjectId").isMissingNode());
      JsonNode set = frame.path("state").path(1).path("operation");
      assertEquals(create.path("objectId"), set.path("mapSet").path("value").path("objectId"));
    }
  }

  // ---- reading ----

  @Test
  void objectsAreReadByPathAndById() throws Exception {
    String channel = channel();
    String map = id(post(channel + "/object", "{'path': 'a\\\\.b', 'mapCreate': {}}"));
    post(channel + "/object", "{'path': 'a\\\\.b.n', 'counterCreate': {'count': 2}}");
    post(
        channel + "/object",
        "{'objectId': '" + map + "', 'mapSet': {'key': 'up', 'value':" + " {'objectId': 'root'}}}");
    String path = URLEncoder.encode("a\\.b.n", UTF_8);
    assertEquals(2, get(channel + "/object?path=" + path).asInt());
    assertEquals(
        json("{'n':2,'up':{'a.b':{'objectId':'" + map + "'}}}"),
        get(channel + "/object/" + URLEncoder.encode(map, UTF_8)).toString());
    assertEquals(2, get(channel + "/object/" + map + "?path=n").asInt());
    JsonNode full = get(channel + "/object/" + map + "?path=n&compact=false");
    assertTrue(full.path("objectId").asText().startsWith("counter:"));
    assertEquals(json("{'data':{'number':2}}"), full.path("counter").toString());
    assertEquals(
        json("{'objectId':'root'}"),
        get(channel + "/object?compact=false")
            .at("/map/entries/a.b/data/map/entries/up/data")
            .toString());
  }

  @ParameterizedTest
  @CsvSource({
    "object/none, 404, 92004",
    "object/counter:abc@1, 404, 92004",
    "object?path=none, 400, 92005",
    "object?path=a.b.c, 400, 92005",
    "object?compact=yes, 400, 40003",
    "objects/none, 404, 92004",
    "objects?limit=0, 400, 40003",
    "objects?values=1, 400, 40003",
  })
  void whatIsNotThereSaysSo(String path, int status, int code) throws Exception {
    refused(server.get("/channels/objects-nobody/" + path), status, code);
  }

  @Test
  void aChannelThatNobodyUsedIsAnEmptyMap() throws Exception {
    String channel = channel();
    assertEquals("{}", get(channel + "/object").toString());
    assertEquals(json("['root']"), get(channel + "/objects").toString());
  }

  @Test
  void objectsAreListedInPages() throws Exception {
    String channel = channel();
    List<String> made = new ArrayList<>(List.of("root"));
    for (int i = 0; i < 5; i++) {
      made.add(id(post(channel + "/objects", "{'path': 'k" + i + "', 'counterCreate': {}}")));
    }
    List<String> seen = new ArrayList<>();
    String next = "objects?limit=4";
    while (next != null) {
      HttpResponse<String> page = server.get(channel + "/" + next);
      tree(page).forEach(id -> seen.add(id.asText()));
      Matcher link = NEXT.matcher(String.join(", ", page.headers().allValues("Link")));
      next = link.find() ? link.group(1) : null;
    }
    assertEquals(made.stream().sorted().toList(), seen);
    JsonNode root = get(channel + "/objects/root");
    assertEquals(
        json("{'data':{'objectId':'" + made.get(1) + "'}}"), root.at("/map/entries/k0").toString());
    JsonNode values = get(channel + "/objects?values=true&metadata=true&limit=1").path(0);
    assertEquals(0, values.at("/counter/data/number").asInt(-1));
    assertFalse(values.path("siteTimeserials").isEmpty());
    assertEquals(
        0,
        get(channel + "/objects/root?children=true")
            .at("/map/entries/k0/data/counter/data/number")
            .asInt(-1));
    assertEquals(0, get(channel + "/objects/root/compact").path("k0").asInt(-1));
  }

  // ---- rights ----

  @Test
  void readingAndChangingAreAllowedApart() throws Exception {
    String channel = channel();
    String name = channel.substring("/channels/".length());
    String body = json("{'path': '', 'mapSet': {'key': 'k', 'value': {'number': 1}}}");
    String reader = token(name, "object-subscribe");
    String writer = token(name, "object-publish");
    String publisher = token(name, "publish");
    assertEquals(201, posted(channel, writer, body).statusCode());
    refused(posted(channel, reader, body), 401, 40160);
    refused(posted(channel, publisher, body), 401, 40160);
    assertEquals(200, read(channel, reader).statusCode());
    assertEquals(200, read(channel, token(name, "subscribe")).statusCode());
    refused(read(channel, writer), 401, 40160);
    refused(read(channel, publisher), 401, 40160);
    refused(server.send(server.bare(channel + "/object")), 401, 40101);
    assertNotEquals("", reader);
  }

  private String token(String channel, String operation) throws Exception {
    String capability = "{\\\"" + channel + "\\\":[\\\"" + operation + "\\\"]}";
    return tree(server.post("/keys/app.k/requestToken", "{\"capability\":\"" + capability + "\"}"))
        .path("token")
        .asText();
  }

  private HttpResponse<String> read(String channel, String token) throws Exception {
    return server.send(server.bare(channel + "/object").header("Authorization", "Bearer " + token));
  }

  private HttpResponse<String> posted(String channel, String token, String body) throws Exception {
    return server.send(
        server
            .bare(channel + "/object")
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }
}
