package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.Deque;

/** A comet client in long-poll mode that asks only when it is told to. */
final class CometClient {
  private static final String CREDENTIALS = "?key=" + RunningServer.KEY;

  private RunningServer server;
  private final Deque<JsonNode> frames = new ArrayDeque<>();
  private String key = "";

  private CometClient(RunningServer server) {
    this.server = server;
  }

  static CometClient connected(RunningServer server, String more) throws Exception {
    CometClient client = new CometClient(server);
    client.take(
        server.send(server.bare("/comet/connect" + CREDENTIALS + "&v=6&stream=false" + more)));
    client.await(4);
    return client;
  }

  /** From now on its requests go to another node. */
  CometClient through(RunningServer node) {
    server = node;
    return this;
  }

  String key() {
    return key;
  }

  String path(String verb) {
    return "/comet/" + key + "/" + verb + CREDENTIALS;
  }

  HttpResponse<String> ask() throws Exception {
    return server.send(server.bare(path("recv")));
  }

  HttpResponse<String> post(String body) throws Exception {
    return server.send(
        server
            .bare(path("send"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  void send(String... frames) throws Exception {
    HttpResponse<String> response = post("[" + String.join(",", frames) + "]");
    assertEquals(204, response.statusCode(), response.body());
  }

  int leave(String verb) throws Exception {
    return server.send(server.bare(path(verb))).statusCode();
  }

  /** The next frame of an action, asked for if need be; others before it are dropped. */
  JsonNode await(int action) throws Exception {
    while (true) {
      while (frames.isEmpty()) {
        take(ask());
      }
      JsonNode frame = frames.removeFirst();
      if (frame.path("action").asInt() == action) {
        return frame;
      }
    }
  }

  private void take(HttpResponse<String> response) throws Exception {
    if (response.statusCode() == 204) {
      return;
    }
    assertEquals(200, response.statusCode(), response.body());
    assertEquals("application/json", response.headers().firstValue("content-type").orElse(""));
    for (JsonNode frame : Json.MAPPER.readTree(response.body())) {
      frames.add(frame);
      if (frame.path("action").asInt() == 4) {
        key = frame.path("connectionDetails").path("connectionKey").asText();
      }
    }
  }
}
