package io.holdfast.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Invocations over HTTP, as clients send them. */
class InvocationEndpointTest {
  private static final String GOOD =
      "{\"inputEventId\":\"e1\",\"sessionName\":\"ai:x\",\"more\":7}";

  private final List<Object> taken = new ArrayList<>();
  private final HttpServer server;

  InvocationEndpointTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void start() {
    InvocationEndpoint endpoint =
        new InvocationEndpoint(
            (invocation, json) -> {
              taken.add(invocation);
              taken.add(String.valueOf(json.get("more")));
              if (invocation.inputEventId().equals("broken")) {
                throw new IllegalStateException("a secret of the application's");
              }
              return new RunIdentity("run-1", "inv-1");
            });
    server.createContext("/api/chat", endpoint.httpHandler());
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private HttpResponse<String> send(String method, String body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/api/chat");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri)
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void anInvocationIsHandedOverAndAnsweredWithItsIds() throws Exception {
    HttpResponse<String> response = send("POST", GOOD);
    assertEquals(200, response.statusCode());
    assertEquals("{\"runId\":\"run-1\",\"invocationId\":\"inv-1\"}", response.body());
    assertEquals("application/json", response.headers().firstValue("Content-Type").orElse(""));
    assertEquals(List.of(new Invocation("e1", "ai:x"), "7"), taken);
  }

  @Test
  void whatIsNoInvocationIsRefusedUnheard() throws Exception {
    for (String body :
        List.of("", "[]", "{\"inputEventId\":\"e1\"}", "{\"inputEventId\":1,\"sessionName\":2}")) {
      HttpResponse<String> response = send("POST", body);
      assertEquals(400, response.statusCode(), body);
      assertTrue(response.body().contains("40003"), response.body());
    }
    assertEquals(413, send("POST", GOOD + " ".repeat(65 * 1024)).statusCode());
    HttpResponse<String> other = send("PUT", GOOD);
    assertEquals(405, other.statusCode());
    assertEquals("POST", other.headers().firstValue("Allow").orElse(""));
    assertEquals(List.of(), taken);
  }

  @Test
  void whatGoesWrongInsideIsNotTold() throws Exception {
    HttpResponse<String> response = send("POST", GOOD.replace("e1", "broken"));
    assertEquals(500, response.statusCode());
    assertFalse(response.body().contains("secret"), response.body());
  }

  @Test
  void anInvocationGoesThroughJsonAsItIs() {
    Invocation invocation = new Invocation("e\"1", "ai:x");
    assertEquals(invocation, Invocation.parse(invocation.toJsonText()));
  }

  @Test
  void whoRunsItLearnsWhatWentWrongInside() throws Exception {
    InvocationEndpoint endpoint =
        new InvocationEndpoint(
            (invocation, json) -> {
              throw SessionError.RUN_LIFECYCLE_FAILED.because("secret of the server");
            });
    List<Throwable> told = new CopyOnWriteArrayList<>();
    List<InvocationEndpoint.Reply> replies = new CopyOnWriteArrayList<>();
    Thread thread = Thread.ofVirtual().unstarted(() -> replies.add(endpoint.reply(GOOD)));
    thread.setUncaughtExceptionHandler((who, what) -> told.add(what));
    thread.start();
    thread.join();
    assertEquals(500, replies.getFirst().status());
    assertFalse(replies.getFirst().json().contains("secret"), replies.getFirst().json());
    assertTrue(replies.getFirst().json().contains("104003"), replies.getFirst().json());
    assertTrue(String.valueOf(told.getFirst().getMessage()).contains("secret"));
  }
}
