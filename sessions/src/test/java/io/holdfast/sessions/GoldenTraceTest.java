package io.holdfast.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.client.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What is written for one run, message for message and header for header, as the tables of the wire
 * have it: a message of two parts, reasoning, text, data for who is there, and the end.
 */
class GoldenTraceTest {
  private static final List<UiChunk> ANSWER =
      List.of(
          new UiChunk.Start("asst-1", null),
          new UiChunk.StartStep(),
          new UiChunk.ReasoningStart("r1"),
          new UiChunk.ReasoningDelta("r1", "think"),
          new UiChunk.ReasoningEnd("r1"),
          new UiChunk.TextStart("t1"),
          new UiChunk.TextDelta("t1", "Hel"),
          new UiChunk.TextDelta("t1", "lo"),
          new UiChunk.TextEnd("t1"),
          new UiChunk.Data("data-weather", null, Map.of("a", 1), true),
          new UiChunk.FinishStep(),
          new UiChunk.Finish("stop", null));

  /** Names for the ids that are minted, in the order in which they are first seen. */
  private static final class Names {
    private final Map<String, String> known = new HashMap<>();

    private void name(@Nullable Object id, String name) {
      known.put(String.valueOf(id), name);
    }

    private String render(Map<String, Object> headers) {
      List<String> parts = new ArrayList<>();
      headers.forEach((key, value) -> parts.add(key + ":" + render(String.valueOf(value))));
      return String.join(" ", parts.stream().sorted().toList());
    }

    private String render(String value) {
      for (Map.Entry<String, String> each : known.entrySet()) {
        if (value.startsWith(each.getKey())) {
          return each.getValue() + value.substring(each.getKey().length());
        }
      }
      return value;
    }
  }

  private static List<String> trace(Cast cast, Names names) {
    List<String> trace = new ArrayList<>();
    for (Outgoing message : cast.broker.log()) {
      String where =
          message.name() == null
              ? message.action() + " " + names.render(String.valueOf(message.serial()))
              : message.name();
      trace.add(
          where
              + " "
              + (message.data() == null ? "-" : Json.write(message.data()))
              + " t{"
              + names.render(FakeBroker.transport(message))
              + "} c{"
              + names.render(FakeBroker.codec(message))
              + "}"
              + (message.extras().containsKey("ephemeral") ? " ephemeral" : ""));
    }
    return trace;
  }

  @Test
  void aRunIsWrittenHeaderForHeader() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("user-1");
      ClientRun<UiMessage> asked =
          person
              .view()
              .send(
                  new Input.UserMessage<>(
                      new UiMessage(
                          "dom-u1",
                          Role.USER,
                          List.of(
                              new UiPart.Text("Hi"),
                              new UiPart.File("image/png", "https://x/y.png")),
                          null)));
      OpenableRun<UiChunk, UiMessage> run = cast.agent().createRun(asked.toInvocation());
      run.start();
      run.end(run.pipe(ANSWER.iterator()));

      Names names = new Names();
      names.name(asked.inputCodecMessageId(), "M1");
      names.name(asked.inputEventId(), "E1");
      names.name(run.runId(), "R");
      names.name(run.invocationId(), "I");
      for (FakeBroker.Held held : cast.broker.held()) {
        if ("ai-step-start".equals(held.message().name())) {
          names.name(held.serial(), "S3");
        }
        String kind = String.valueOf(FakeBroker.codec(held.message()).get("kind"));
        if (kind.equals("reasoning") || kind.equals("text")) {
          names.name(held.serial(), kind);
          names.name(FakeBroker.transport(held.message()).get("codec-message-id"), "M2");
        }
      }
      String input =
          "t{codec-message-id:M1 discrete:true event-id:E1 role:user run-client-id:user-1"
              + " stream:false}";
      String life = "input-client-id:user-1 input-codec-message-id:M1 invocation-id:I";
      String step = "input-client-id:user-1 invocation-id:I run-client-id:user-1 run-id:R";
      String output =
          "input-client-id:user-1 input-codec-message-id:M1 invocation-id:I parent:M1"
              + " role:assistant run-client-id:user-1 run-id:R";
      String tail = " step-client-id:user-1 step-id:I-step-0 step-start-serial:S3 stream:";
      String whole = " t{codec-message-id:M2 " + output + tail + "false} c{";
      String thinking =
          " t{codec-message-id:M2 "
              + output
              + " status:streaming"
              + tail.replace("stream:", "stream-id:r1 stream:true}")
              + " c{id:r1 kind:reasoning}";
      String saying =
          " t{codec-message-id:M2 "
              + output
              + " status:streaming"
              + tail.replace("stream:", "stream-id:t1 stream:true}")
              + " c{id:t1 kind:text}";
      assertEquals(
          List.of(
              "ai-input \"Hi\" " + input + " c{kind:user-message messageId:dom-u1 partType:text}",
              "ai-input \"https://x/y.png\" "
                  + input
                  + " c{kind:user-message mediaType:image/png messageId:dom-u1 partType:file}",
              "ai-run-start - t{" + life + " parent:M1 run-client-id:user-1 run-id:R} c{}",
              "ai-step-start - t{" + step + " step-client-id:user-1 step-id:I-step-0} c{}",
              "ai-output \"\"" + whole + "kind:start messageId:asst-1}",
              "ai-output \"\"" + whole + "kind:start-step}",
              "ai-output \"\"" + thinking,
              "APPEND reasoning \"think\"" + thinking,
              "APPEND reasoning \"\"" + thinking.replace("status:streaming", "status:complete"),
              "ai-output \"\"" + saying,
              "APPEND text \"Hel\"" + saying,
              "APPEND text \"lo\"" + saying,
              "APPEND text \"\"" + saying.replace("status:streaming", "status:complete"),
              "ai-output {\"a\":1}" + whole + "kind:data-weather transient:true} ephemeral",
              "ai-output \"\"" + whole + "kind:finish-step}",
              "ai-output \"\"" + whole + "finishReason:stop kind:finish}",
              "ai-step-end - t{"
                  + step
                  + " step-client-id:user-1 step-id:I-step-0 step-reason:complete"
                  + " step-start-serial:S3} c{}",
              "ai-run-end - t{" + life + " run-client-id:user-1 run-id:R run-reason:complete} c{}"),
          trace(cast, names));
    }
  }
}
