package io.holdfast.demoagent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.client.Json;
import io.holdfast.sessions.UiChunk;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A provider's model, against a provider over HTTP that says what a test wants it to. */
@Timeout(30)
class ProviderModelTest {
  /** What the provider does with a request. */
  private interface Script {
    void answer(OutputStream out) throws IOException;
  }

  private final List<Map<?, ?>> asked = new CopyOnWriteArrayList<>();
  private final List<String> authorized = new CopyOnWriteArrayList<>();
  private @Nullable HttpServer server;
  private volatile Script script = out -> {};
  private volatile int status = 200;

  @BeforeEach
  void begin() throws IOException {
    HttpServer made =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    made.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    made.createContext("/v1/chat/completions", this::answer);
    made.start();
    server = made;
  }

  @AfterEach
  void end() {
    if (server != null) {
      server.stop(0);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      asked.add(Json.parse(body) instanceof Map<?, ?> json ? json : Map.of());
      authorized.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(status, 0);
      script.answer(exchange.getResponseBody());
    }
  }

  private static void send(OutputStream out, Map<String, ?> delta, @Nullable String finish)
      throws IOException {
    String choice =
        "{\"index\":0,\"delta\":"
            + Json.write(delta)
            + ",\"finish_reason\":"
            + Json.write(finish)
            + "}";
    String event =
        "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
            + "\"choices\":["
            + choice
            + "]}\n\n";
    out.write(event.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static void done(OutputStream out, String finish) throws IOException {
    send(out, Map.of(), finish);
    out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
  }

  private ProviderModel model(@Nullable String key) {
    int port = server == null ? 0 : server.getAddress().getPort();
    return ProviderModel.at(
        new Endpoint(key, "http://127.0.0.1:" + port + "/v1", "some-model"), () -> "id");
  }

  private static Prompt prompt(Turn... turns) {
    return new Prompt("Be kind.", List.of(turns), "Hi", null, 0, Wishes.USUAL);
  }

  @Test
  void itsWordsComeAsTheyAreSaid() throws Exception {
    script =
        out -> {
          send(out, Map.of("role", "assistant", "content", ""), null);
          send(out, Map.of("content", "Good "), null);
          send(out, Map.of("content", "day"), null);
          done(out, "stop");
        };
    List<UiChunk> chunks = new ArrayList<>();
    Model.Said said = model("a-secret").answer(prompt(new Turn.Asked("Hi")), chunks::add);
    assertEquals(new Model.Said("Good day", List.of()), said);
    assertEquals(
        List.of(
            new UiChunk.TextStart("id"),
            new UiChunk.TextDelta("id", "Good "),
            new UiChunk.TextDelta("id", "day"),
            new UiChunk.TextEnd("id")),
        chunks);
    assertEquals("Bearer a-secret", authorized.getFirst());
    assertEquals("some-model", asked.getFirst().get("model"));
    assertEquals(true, asked.getFirst().get("stream"));
    assertEquals(
        List.of(
            Map.of("role", "system", "content", "Be kind."),
            Map.of("role", "user", "content", "Hi")),
        asked.getFirst().get("messages"));
  }

  @Test
  void aProviderThatAsksForNoKeyIsGivenNone() throws Exception {
    script = out -> done(out, "stop");
    model(null).answer(prompt(new Turn.Asked("Hi")), chunk -> {});
    assertEquals("null", authorized.getFirst());
  }

  @Test
  void itCallsToolsAndIsToldWhatTheyGave() throws Exception {
    script =
        out -> {
          send(
              out,
              Map.of(
                  "tool_calls",
                  List.of(
                      Map.of(
                          "index",
                          0,
                          "id",
                          "c1",
                          "type",
                          "function",
                          "function",
                          Map.of("name", "weather", "arguments", "{\"city\":")))),
              null);
          send(
              out,
              Map.of(
                  "tool_calls",
                  List.of(Map.of("index", 0, "function", Map.of("arguments", "\"Oslo\"}")))),
              null);
          done(out, "tool_calls");
        };
    Turn.Call call = new Turn.Call("c1", "weather", Map.of("city", "Oslo"));
    List<UiChunk> chunks = new ArrayList<>();
    Model.Said said = model("k").answer(prompt(new Turn.Asked("Hi")), chunks::add);
    assertEquals(List.of(call), said.calls());
    UiChunk.ToolCall begun = new UiChunk.ToolCall("c1", "weather");
    assertEquals(new UiChunk.ToolInputStart(begun), chunks.getFirst());
    assertEquals(new UiChunk.ToolInputAvailable(begun, Map.of("city", "Oslo")), chunks.getLast());
    script = out -> done(out, "stop");
    model("k")
        .answer(
            prompt(
                new Turn.Asked("Hi"),
                new Turn.Answered("", List.of(call)),
                new Turn.Result(call, new Turn.Outcome.Given(Map.of("sky", "grey")))),
            chunk -> {});
    List<?> messages = asked.getLast().get("messages") instanceof List<?> list ? list : List.of();
    Map<?, ?> result = messages.getLast() instanceof Map<?, ?> map ? map : Map.of();
    assertEquals("tool", result.get("role"));
    assertEquals("c1", result.get("tool_call_id"));
    assertEquals("{\"sky\":\"grey\"}", result.get("content"));
  }

  @Test
  void anAnswerThatBreaksOffSaysWhoseFaultItIs() {
    script =
        out -> {
          send(out, Map.of("content", "Good "), null);
          throw new IOException("the provider is gone");
        };
    List<UiChunk> chunks = new ArrayList<>();
    Model.Broken broken =
        assertThrows(
            Model.Broken.class, () -> model("k").answer(prompt(new Turn.Asked("Hi")), chunks::add));
    assertTrue(String.valueOf(broken.getMessage()).startsWith("the model's provider broke off ("));
    assertTrue(chunks.contains(new UiChunk.TextDelta("id", "Good ")));
    assertEquals(1, asked.size(), "what was begun is not asked for again");
  }

  @Test
  void aRefusalIsToldInTheProvidersWordsAndWithoutTheKey() {
    status = 401;
    script = out -> out.write("{\"error\":\"no such key\"}".getBytes(StandardCharsets.UTF_8));
    Model.Broken broken =
        assertThrows(
            Model.Broken.class,
            () -> model("a-secret").answer(prompt(new Turn.Asked("Hi")), chunk -> {}));
    String said = String.valueOf(broken.getMessage());
    assertTrue(said.contains("no such key"), said);
    assertFalse(said.contains("a-secret"), said);
  }

  @Test
  void whoStopsWaitingEndsTheExchange() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    script =
        out -> {
          try {
            while (true) {
              send(out, Map.of("content", "on and on "), null);
            }
          } catch (IOException e) {
            ended.countDown();
          }
        };
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    model("k").answer(prompt(new Turn.Asked("Hi")), chunk -> begun.countDown());
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  } catch (Model.Broken e) {
                    throw new IllegalStateException(e);
                  }
                });
    assertTrue(begun.await(10, TimeUnit.SECONDS));
    waiting.interrupt();
    assertTrue(ended.await(10, TimeUnit.SECONDS), "the provider writes to nobody");
  }

  @Test
  void theEnvironmentNamesTheModel() {
    assertNull(Endpoint.of(Map.of("OPENAI_MODEL", "m")));
    assertEquals(
        new Endpoint("k", "https://api.openai.com/v1", "gpt-4.1-mini"),
        Endpoint.of(Map.of("OPENAI_API_KEY", "k")));
    Endpoint local =
        Endpoint.of(Map.of("OPENAI_BASE_URL", "http://localhost:1/v1", "OPENAI_MODEL", "m"));
    assertEquals(new Endpoint(null, "http://localhost:1/v1", "m"), local);
  }
}
