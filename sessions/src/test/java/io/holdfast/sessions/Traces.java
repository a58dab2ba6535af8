package io.holdfast.sessions;

import static io.holdfast.sessions.Scribe.headers;

import java.util.Map;

/** Conversations as agents write them. */
final class Traces {
  private Traces() {}

  static final String RUN = "run-1";

  /** What a user says. */
  static WireMessage say(Scribe scribe, String id, String text, Object... more) {
    TransportHeaders.Builder headers =
        headers(
            Header.ROLE, "user",
            Header.CODEC_MESSAGE_ID, id,
            Header.EVENT_ID, "event-" + id,
            Header.RUN_CLIENT_ID, "user-1",
            Header.STREAM, "false",
            Header.DISCRETE, "true")
            .toBuilder();
    for (int i = 0; i < more.length; i += 2) {
      headers.set((Header) more[i], String.valueOf(more[i + 1]));
    }
    return scribe.create(
        WireEvent.INPUT,
        text,
        headers.build(),
        Map.of("kind", "user-message", "messageId", "dom-" + id, "partType", "text"));
  }

  static TransportHeaders output(
      String runId, String invocation, String id, String parent, String input, String step) {
    return headers(
        Header.ROLE,
        "assistant",
        Header.CODEC_MESSAGE_ID,
        id,
        Header.RUN_ID,
        runId,
        Header.RUN_CLIENT_ID,
        "user-1",
        Header.PARENT,
        parent,
        Header.INVOCATION_ID,
        invocation,
        Header.INPUT_CLIENT_ID,
        "user-1",
        Header.INPUT_CODEC_MESSAGE_ID,
        input,
        Header.STEP_ID,
        invocation + "-step-0",
        Header.STEP_CLIENT_ID,
        "user-1",
        Header.STREAM,
        "false",
        Header.STEP_START_SERIAL,
        step);
  }

  static void discrete(Scribe scribe, TransportHeaders headers, Object data, String... codec) {
    Fields fields = Fields.of(codec[0]);
    for (int i = 1; i < codec.length; i += 2) {
      fields.text(codec[i], codec[i + 1]);
    }
    scribe.create(WireEvent.OUTPUT, data, headers, fields.map());
  }

  static WireMessage lifecycle(
      Scribe scribe,
      WireEvent event,
      String runId,
      String invocation,
      String input,
      Object... more) {
    TransportHeaders.Builder headers =
        headers(
            Header.RUN_ID, runId,
            Header.RUN_CLIENT_ID, "user-1",
            Header.INVOCATION_ID, invocation,
            Header.INPUT_CLIENT_ID, "user-1",
            Header.INPUT_CODEC_MESSAGE_ID, input)
            .toBuilder();
    for (int i = 0; i < more.length; i += 2) {
      headers.set((Header) more[i], String.valueOf(more[i + 1]));
    }
    return scribe.create(event, null, headers.build(), Map.of());
  }

  static String stepStart(Scribe scribe, String runId, String invocation) {
    return String.valueOf(
        scribe
            .bare(
                WireEvent.STEP_START,
                Header.RUN_ID,
                runId,
                Header.STEP_ID,
                invocation + "-step-0",
                Header.INVOCATION_ID,
                invocation,
                Header.STEP_CLIENT_ID,
                "user-1")
            .serial());
  }

  static void stepEnd(Scribe scribe, String runId, String invocation, String step, String reason) {
    scribe.bare(
        WireEvent.STEP_END,
        Header.RUN_ID,
        runId,
        Header.STEP_ID,
        invocation + "-step-0",
        Header.INVOCATION_ID,
        invocation,
        Header.STEP_START_SERIAL,
        step,
        Header.STEP_REASON,
        reason);
  }

  static void text(Scribe scribe, TransportHeaders headers, String id, String... deltas) {
    WireMessage stream = scribe.open(id, headers, Map.of("kind", "text", "id", id));
    for (String delta : deltas) {
      scribe.append(stream, delta, "streaming");
    }
    scribe.append(stream, "", "complete");
  }

  /** A whole short run with one text answer. */
  static void answer(Scribe scribe, String runId, String input, String answer, String text) {
    String invocation = "inv-" + runId;
    lifecycle(scribe, WireEvent.RUN_START, runId, invocation, input, Header.PARENT, input);
    String step = stepStart(scribe, runId, invocation);
    TransportHeaders headers = output(runId, invocation, answer, input, input, step);
    discrete(scribe, headers, "", "start", "messageId", "dom-" + answer);
    text(scribe, headers, "t1", text.substring(0, 1), text.substring(1));
    discrete(scribe, headers, "", "finish", "finishReason", "stop");
    stepEnd(scribe, runId, invocation, step, "complete");
    lifecycle(scribe, WireEvent.RUN_END, runId, invocation, input, Header.RUN_REASON, "complete");
  }

  /**
   * One run: a tool call asks for approval, the run is suspended, somebody approves, the run is
   * resumed, says something and ends. Every message of the continuation says that its parent is the
   * run's own first answer, as the published agent has it.
   */
  static Scribe approval() {
    Scribe scribe = new Scribe();
    say(scribe, "m1", "Delete my files.");
    lifecycle(scribe, WireEvent.RUN_START, RUN, "inv-1", "m1", Header.PARENT, "m1");
    String first = stepStart(scribe, RUN, "inv-1");
    TransportHeaders asking = output(RUN, "inv-1", "a1", "m1", "m1", first);
    discrete(scribe, asking, "", "start-step");
    discrete(
        scribe, asking, Map.of("path", "/"), "tool-input", "toolCallId", "c1", "toolName", "rm");
    discrete(scribe, asking, "", "tool-approval-request", "toolCallId", "c1", "approvalId", "ok-1");
    stepEnd(scribe, RUN, "inv-1", first, "complete");
    lifecycle(scribe, WireEvent.RUN_SUSPEND, RUN, "inv-1", "m1");
    scribe.create(
        WireEvent.INPUT,
        "",
        headers(
            Header.ROLE, "user",
            Header.CODEC_MESSAGE_ID, "a1",
            Header.EVENT_ID, "event-2",
            Header.RUN_ID, RUN,
            Header.RUN_CLIENT_ID, "user-1",
            Header.PARENT, "a1",
            Header.STREAM, "false"),
        Map.of("kind", "tool-approval-response", "toolCallId", "c1", "approved", "true"));
    lifecycle(scribe, WireEvent.RUN_RESUME, RUN, "inv-2", "a1");
    String second = stepStart(scribe, RUN, "inv-2");
    TransportHeaders going = output(RUN, "inv-2", "a2", "a1", "a1", second);
    discrete(
        scribe,
        going,
        Map.of("output", Map.of("gone", true)),
        "tool-output-available",
        "toolCallId",
        "c1");
    text(scribe, going, "t1", "Do", "ne", ".");
    discrete(scribe, going, "", "finish", "finishReason", "stop");
    stepEnd(scribe, RUN, "inv-2", second, "complete");
    lifecycle(scribe, WireEvent.RUN_END, RUN, "inv-2", "a1", Header.RUN_REASON, "complete");
    return scribe;
  }
}
