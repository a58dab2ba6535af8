package io.holdfast.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.client.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What UI chunks become for who reads them, by way of the wire. */
class UiMessageCodecTest {
  private static final UiMessageCodec CODEC = new UiMessageCodec();

  private static Map<String, @Nullable Object> object(String json) {
    Map<String, @Nullable Object> object = JsonTree.asObject(Json.parse(json));
    assertNotNull(object);
    return object;
  }

  /** The parts of the message that these chunks, each as JSON, become. */
  private static String parts(String... chunks) throws Exception {
    try (Cast cast = new Cast()) {
      OpenableRun<UiChunk, UiMessage> run =
          cast.agent().createRun(cast.person("ada").view().send(Cast.says("Hi")).toInvocation());
      run.start();
      List<UiChunk> outputs = new ArrayList<>();
      for (String chunk : chunks) {
        outputs.add(UiChunk.fromJson(object(chunk)));
      }
      PipeResult result = run.pipe(outputs.iterator());
      assertEquals(RunEndReason.COMPLETE, result.reason(), String.valueOf(result.error()));
      return Json.write(run.messages().getLast().message().toJson().get("parts"));
    }
  }

  private static void becomes(String parts, String... chunks) throws Exception {
    assertEquals(parts, parts(chunks));
  }

  private static final String CALL =
      "{'type':'tool-input-available','toolCallId':'c','toolName':'find','input':{'q':1}}"
          .replace('\'', '"');

  private static final String SHOWN =
      "{'type':'tool-find','toolCallId':'c','state':".replace('\'', '"');

  @Test
  void textAndThoughtsAreParts() throws Exception {
    becomes(
        "[{\"type\":\"step-start\"},{\"type\":\"reasoning\",\"text\":\"hm\"},"
            + "{\"type\":\"text\",\"text\":\"ab\"}]",
        "{\"type\":\"start\",\"messageId\":\"m\"}",
        "{\"type\":\"start-step\"}",
        "{\"type\":\"reasoning-start\",\"id\":\"r\"}",
        "{\"type\":\"reasoning-delta\",\"id\":\"r\",\"delta\":\"hm\"}",
        "{\"type\":\"reasoning-end\",\"id\":\"r\"}",
        "{\"type\":\"text-start\",\"id\":\"t\",\"providerMetadata\":{\"a\":{\"b\":1}}}",
        "{\"type\":\"text-delta\",\"id\":\"t\",\"delta\":\"a\"}",
        "{\"type\":\"text-delta\",\"id\":\"t\",\"delta\":\"b\"}",
        "{\"type\":\"text-end\",\"id\":\"t\"}",
        "{\"type\":\"finish-step\"}",
        "{\"type\":\"finish\",\"finishReason\":\"stop\"}");
  }

  @Test
  void whatNobodyBeganIsMadeUpOnceAStep() throws Exception {
    becomes(
        "[{\"type\":\"step-start\"},{\"type\":\"text\",\"text\":\"a\"},"
            + "{\"type\":\"step-start\"},{\"type\":\"text\",\"text\":\"b\"}]",
        "{\"type\":\"text-start\",\"id\":\"t\"}",
        "{\"type\":\"text-delta\",\"id\":\"t\",\"delta\":\"a\"}",
        "{\"type\":\"text-end\",\"id\":\"t\"}",
        "{\"type\":\"finish-step\"}",
        "{\"type\":\"text-start\",\"id\":\"t\"}",
        "{\"type\":\"text-delta\",\"id\":\"t\",\"delta\":\"b\"}",
        "{\"type\":\"text-end\",\"id\":\"t\"}");
  }

  @Test
  void aToolCallGoesFromItsInputToItsOutput() throws Exception {
    String step = "[{\"type\":\"step-start\"},";
    String input = ",\"input\":{\"q\":1}";
    becomes(step + SHOWN + "\"input-available\"" + input + "}]", CALL);
    becomes(
        step
            + SHOWN
            + "\"output-available\""
            + input
            + ",\"output\":[1,null],\"preliminary\":true}]",
        CALL,
        "{\"type\":\"tool-output-available\",\"toolCallId\":\"c\",\"output\":[1,null],"
            + "\"preliminary\":true}");
    becomes(
        step + SHOWN + "\"output-error\"" + input + ",\"errorText\":\"no\"}]",
        CALL,
        "{\"type\":\"tool-output-error\",\"toolCallId\":\"c\",\"errorText\":\"no\"}");
    becomes(
        step + SHOWN + "\"approval-requested\"" + input + ",\"approval\":{\"id\":\"a\"}}]",
        CALL,
        "{\"type\":\"tool-approval-request\",\"toolCallId\":\"c\",\"approvalId\":\"a\"}");
    becomes(
        step
            + SHOWN
            + "\"output-denied\""
            + input
            + ",\"approval\":{\"id\":\"\",\"approved\":false}}]",
        CALL,
        "{\"type\":\"tool-output-denied\",\"toolCallId\":\"c\"}");
  }

  @Test
  void anInputThatStreamsIsReadWhenItIsWhole() throws Exception {
    String begun =
        "{\"type\":\"tool-input-start\",\"toolCallId\":\"c\",\"toolName\":\"find\",\"dynamic\":true,"
            + "\"title\":\"T\",\"providerExecuted\":true}";
    String shown =
        "[{\"type\":\"step-start\"},{\"type\":\"dynamic-tool\",\"toolName\":\"find\","
            + "\"toolCallId\":\"c\",\"title\":\"T\",\"providerExecuted\":true,\"state\":";
    becomes(
        shown + "\"input-streaming\"}]",
        begun,
        "{\"type\":\"tool-input-delta\",\"toolCallId\":\"c\",\"inputTextDelta\":\"{\\\"q\\\":\"}");
    becomes(
        shown + "\"input-available\",\"input\":{\"q\":1}}]",
        begun,
        "{\"type\":\"tool-input-delta\",\"toolCallId\":\"c\",\"inputTextDelta\":\"{\\\"q\\\":\"}",
        "{\"type\":\"tool-input-delta\",\"toolCallId\":\"c\",\"inputTextDelta\":\"1}\"}",
        CALL);
    becomes(
        "[" + SHOWN + "\"output-error\",\"input\":\"x\",\"errorText\":\"bad\"}]",
        "{\"type\":\"tool-input-error\",\"toolCallId\":\"c\",\"toolName\":\"find\",\"input\":\"x\","
            + "\"errorText\":\"bad\"}");
  }

  @Test
  void filesSourcesAndDataAreParts() throws Exception {
    String file = "{\"type\":\"file\",\"mediaType\":\"image/png\",\"url\":\"https://x\"}";
    String page =
        "{\"type\":\"source-url\",\"sourceId\":\"s\",\"url\":\"https://y\",\"title\":\"Y\"}";
    String document =
        "{\"type\":\"source-document\",\"sourceId\":\"d\",\"mediaType\":\"text/plain\","
            + "\"title\":\"D\",\"filename\":\"d.txt\"}";
    String data = "{\"type\":\"data-weather\",\"id\":\"w\",\"data\":{\"sky\":\"grey\"}}";
    String later = "{\"type\":\"data-weather\",\"id\":\"w\",\"data\":{\"sky\":\"blue\"}}";
    String passing = "{\"type\":\"data-progress\",\"data\":1,\"transient\":true}";
    becomes(
        "[" + String.join(",", file, page, document, later) + "]",
        file,
        page,
        document,
        data,
        passing,
        later);
  }

  @Test
  void aChunkThatNobodyKnowsIsRefused() {
    SessionException refused =
        assertThrows(
            SessionException.class, () -> UiChunk.fromJson(Map.of("type", "tool-surprise")));
    assertEquals(40003, refused.code());
    assertThrows(
        SessionException.class,
        () -> CODEC.encode(new UiChunk.Data("weather", null, 1L, false), "m"));
  }

  @Test
  void aUsersMessageKeepsTextFilesAndDataAndIsNeverEmpty() {
    List<InputWrite> parts =
        CODEC.encode(
            new Input.UserMessage<>(
                UiMessage.fromJson(
                    object(
                        "{\"id\":\"u\",\"role\":\"user\",\"parts\":[{\"type\":\"reasoning\","
                            + "\"text\":\"x\"},{\"type\":\"text\",\"text\":\"a\"},"
                            + "{\"type\":\"data-a\",\"id\":\"i\",\"data\":[1]}]}"))));
    assertEquals(
        List.of(
            Map.of("kind", "user-message", "messageId", "u", "partType", "text"),
            Map.of("kind", "user-message", "messageId", "u", "partType", "data-a", "id", "i")),
        parts.stream().map(InputWrite::fields).toList());
    List<InputWrite> empty =
        CODEC.encode(new Input.UserMessage<>(new UiMessage("u", Role.USER, List.of(), null)));
    assertEquals(1, empty.size());
    assertEquals("", empty.getFirst().data());
  }

  @Test
  void aMessageGoesThroughJsonAsItIs() {
    String json =
        "{\"id\":\"m\",\"role\":\"assistant\",\"parts\":[{\"type\":\"step-start\"},"
            + SHOWN
            + "\"output-available\",\"input\":{\"q\":1},\"output\":2.5},"
            + "{\"type\":\"new-thing\",\"x\":{\"y\":[true]}}],\"metadata\":{\"n\":1}}";
    assertEquals(json, Json.write(UiMessage.fromJson(object(json)).toJson()));
  }
}
