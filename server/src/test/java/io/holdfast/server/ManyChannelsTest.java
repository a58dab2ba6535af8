package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches, the state of channels and the list of them. */
@TestInstance(Lifecycle.PER_CLASS)
class ManyChannelsTest {
  private RunningServer server;
  private String narrow = "";

  @BeforeAll
  void start() throws Exception {
    server = RunningServer.inMemory("--sandbox");
    narrow = token("{\"open\":[\"publish\",\"presence\"]}");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return Json.MAPPER.readTree(response.body());
  }

  private String token(String capability) throws Exception {
    String body = Json.MAPPER.createObjectNode().put("capability", capability).toString();
    return json(server.post("/keys/app.k/requestToken", body)).path("token").asText();
  }

  private HttpResponse<String> ask(
      String token, String version, String method, String path, String body) throws Exception {
    return server.send(
        server
            .bare(path)
            .header("Authorization", "Bearer " + token)
            .header("X-Ably-Version", version)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body)));
  }

  private static int code(JsonNode node) {
    return node.path("error").path("code").asInt();
  }

  @Test
  void aBatchIsCountedBySpec() throws Exception {
    String spec = "{\"channels\":[\"open\",\"shut\",\":bad\"],\"messages\":{\"data\":\"x\"}}";
    HttpResponse<String> answer = ask(narrow, "3", "POST", "/messages", "[" + spec + "]");
    assertEquals(201, answer.statusCode());
    JsonNode result = json(answer).path(0);
    assertEquals(1, result.path("successCount").asInt());
    assertEquals(2, result.path("failureCount").asInt());
    JsonNode done = result.path("results").path(0);
    assertEquals("open", done.path("channel").asText());
    assertFalse(done.path("messageId").asText().isEmpty());
    assertEquals(1, done.path("serials").size());
    assertEquals(40160, code(result.path("results").path(1)));
    assertEquals(40010, code(result.path("results").path(2)));
    assertTrue(json(ask(narrow, "6", "POST", "/messages", spec)).has("successCount"));
  }

  @Test
  void beforeVersionThreeABatchIsFlatAndFailsAsAWhole() throws Exception {
    String good = "{\"channels\":\"open\",\"messages\":[{\"data\":\"x\"},{\"data\":\"y\"}]}";
    HttpResponse<String> answer = ask(narrow, "2", "POST", "/messages", good);
    assertEquals(201, answer.statusCode());
    assertEquals("open", json(answer).path(0).path("channel").asText());
    String bad = "{\"channels\":[\"open\",\"shut\"],\"messages\":{\"data\":\"x\"}}";
    answer = ask(narrow, "2", "POST", "/messages", bad);
    assertEquals(400, answer.statusCode());
    assertEquals("40020", answer.headers().firstValue("X-Ably-Errorcode").orElse(""));
    assertEquals(40020, code(json(answer)));
    assertEquals("open", json(answer).path("batchResponse").path(0).path("channel").asText());
    assertEquals(40160, code(json(answer).path("batchResponse").path(1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | 40000",
        "{} | 40000",
        "{\"channels\":[],\"messages\":[{}]} | 40000",
        "{\"channels\":[\"a\"],\"messages\":[]} | 40000",
        "{\"channels\":[1],\"messages\":[{}]} | 40000",
        "nonsense | 40000",
      })
  void aBatchThatMakesNoSenseIsRefused(String body, int code) throws Exception {
    assertEquals(code, code(json(server.post("/messages", body))));
  }

  @Test
  void membersOfSeveralChannelsComeTogether() throws Exception {
    Socket socket = server.connected("&clientId=ada");
    socket.send(
        "{\"action\":14,\"channel\":\"open\",\"msgSerial\":0,\"presence\":[{\"action\":2}]}");
    socket.await(1);
    JsonNode result = json(ask(narrow, "3", "GET", "/presence?channels=open,shut", ""));
    assertEquals(1, result.path("successCount").asInt());
    JsonNode members = result.path("results").path(0).path("presence");
    assertEquals("ada", members.path(0).path("clientId").asText());
    assertEquals(401, result.path("results").path(1).path("error").path("statusCode").asInt());
    assertEquals(400, ask(narrow, "2", "GET", "/presence?channels=open,shut", "").statusCode());
    JsonNode flat = json(ask(narrow, "2", "GET", "/presence?channels=open;open&separator=;", ""));
    assertEquals(2, flat.size());
    socket.close();
  }

  @Test
  void aChannelTellsWhoIsOnIt() throws Exception {
    Socket socket = server.connected("&clientId=ada");
    socket.send("{\"action\":10,\"channel\":\"busy\"}");
    socket.await(11);
    socket.send(
        "{\"action\":14,\"channel\":\"busy\",\"msgSerial\":0,\"presence\":[{\"action\":2}]}");
    socket.await(1);
    JsonNode details = json(server.get("/channels/busy"));
    assertEquals("busy", details.path("channelId").asText());
    assertTrue(details.path("status").path("isActive").asBoolean());
    JsonNode metrics = details.path("status").path("occupancy").path("metrics");
    assertEquals(8, metrics.size());
    for (String one :
        new String[] {
          "connections",
          "publishers",
          "subscribers",
          "presenceConnections",
          "presenceMembers",
          "presenceSubscribers"
        }) {
      assertEquals(1, metrics.path(one).asInt(), one);
    }
    assertEquals(0, metrics.path("objectSubscribers").asInt());
    assertEquals(40160, code(json(ask(narrow, "6", "GET", "/channels/open", ""))));
    socket.close();
  }

  @Test
  void aChannelThatIsUsedByRequestsAloneIsActiveForAWhile() throws Exception {
    String published = "/channels/requests:published";
    assertEquals(201, server.post(published + "/messages", "{\"data\":\"x\"}").statusCode());
    assertEquals("[\"requests:published\"]", server.get("/channels?prefix=requests:").body());
    assertTrue(json(server.get(published)).path("status").path("isActive").asBoolean());
    JsonNode asked = json(server.get("/channels/requests:asked")).path("status");
    assertTrue(asked.path("isActive").asBoolean());
    assertEquals(0, asked.path("occupancy").path("metrics").path("connections").asInt(-1));
  }

  @Test
  void channelsInUseAreListedInPages() throws Exception {
    Socket socket = server.connected("");
    for (String name : new String[] {"list:b", "list:a", "list:c", "other"}) {
      socket.send("{\"action\":10,\"channel\":\"" + name + "\"}");
      socket.await(11);
    }
    HttpResponse<String> page = server.get("/channels?prefix=list:&limit=2");
    assertEquals("[\"list:a\",\"list:b\"]", page.body());
    String link = String.join(", ", page.headers().allValues("Link"));
    assertTrue(link.contains("<./channels?") && link.contains("rel=\"next\""), link);
    assertEquals(
        "[\"list:c\"]", server.get("/channels?prefix=list:&limit=2&cursor=list%3Ab").body());
    JsonNode whole = json(server.get("/channels?prefix=list:&by=value"));
    assertEquals("list:a", whole.path(0).path("channelId").asText());
    assertTrue(whole.path(0).path("status").path("isActive").asBoolean());
    String some = token("{\"list:a\":[\"channel-metadata\"],\"list:b\":[\"subscribe\"]}");
    assertEquals("[\"list:a\"]", ask(some, "6", "GET", "/channels?prefix=list:", "").body());
    assertEquals(40160, code(json(ask(narrow, "6", "GET", "/channels", ""))));
    socket.close();
  }

  // ---- other ways to publish ----

  private JsonNode newest(String channel) throws Exception {
    return json(server.get("/channels/" + channel + "/messages?limit=1")).path(0);
  }

  private int publish(String pathAndQuery, String type, String body, String... headers)
      throws Exception {
    var request =
        server
            .request(pathAndQuery)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return server.send(request).statusCode();
  }

  @Test
  void aBareBodyIsTheDataOfOneMessage() throws Exception {
    String path = "/channels/bare/messages?enveloped=false";
    assertEquals(
        201,
        publish(path, "text/plain", "hello", "X-Ably-Name", "n", "X-Ably-MessageId", "some-id"));
    JsonNode message = newest("bare");
    assertEquals("hello", message.path("data").asText());
    assertEquals("n", message.path("name").asText());
    assertEquals("some-id", message.path("id").asText());
    assertEquals(201, publish(path + "&name=q&clientId=ada", "application/json", "{\"a\":1}"));
    message = newest("bare");
    assertEquals("{\"a\":1}", message.path("data").asText());
    assertEquals("json", message.path("encoding").asText());
    assertEquals("q", message.path("name").asText());
    assertEquals("ada", message.path("clientId").asText());
    assertEquals(201, publish(path, "application/octet-stream", "abc"));
    assertEquals("base64", newest("bare").path("encoding").asText());
    assertEquals(400, publish(path, "application/json", "{nonsense"));
  }

  @Test
  void aFormHasTheFieldsOfOneMessage() throws Exception {
    assertEquals(
        201,
        publish(
            "/channels/form/messages",
            "application/x-www-form-urlencoded",
            "name=n&data=some+words%21"));
    assertEquals("some words!", newest("form").path("data").asText());
    assertEquals("n", newest("form").path("name").asText());
  }

  @Test
  void aFormMayHaveItsTextUnescaped() throws Exception {
    String path = "/channels/form-text/messages";
    String type = "application/x-www-form-urlencoded";
    assertEquals(201, publish(path, type, "name=été&data=日本+h%C3%A9"));
    assertEquals("日本 hé", newest("form-text").path("data").asText());
    assertEquals("été", newest("form-text").path("name").asText());
  }

  @Test
  void aFormWithAnEscapeThatIsNoneIsRefusedAsTheClientsMistake() throws Exception {
    assertEquals(
        400, publish("/channels/form/messages", "application/x-www-form-urlencoded", "name=%zz"));
  }
}
