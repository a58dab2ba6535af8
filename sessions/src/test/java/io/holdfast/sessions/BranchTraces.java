package io.holdfast.sessions;

import static io.holdfast.sessions.Scribe.headers;

import java.util.List;
import java.util.Map;

/** Conversations with more than one way through them. */
final class BranchTraces {
  private BranchTraces() {}

  /** Question, answer, answered anew, asked differently, and another turn on the last branch. */
  static Scribe branches() {
    Scribe scribe = new Scribe();
    Traces.say(scribe, "q1", "Why?");
    Traces.answer(scribe, "r1", "q1", "a1", "Because.");
    regenerate(scribe, "r2", "q1", "a1", "a2", "Because so.");
    Traces.say(scribe, "q2", "And then?", Header.PARENT, "a2");
    Traces.answer(scribe, "r3", "q2", "a3", "Nothing.");
    Traces.say(scribe, "q3", "Or else?", Header.PARENT, "a2", Header.FORK_OF, "q2");
    Traces.answer(scribe, "r4", "q3", "a4", "Something.");
    return scribe;
  }

  static void regenerate(
      Scribe scribe, String runId, String question, String target, String id, String text) {
    scribe.create(
        WireEvent.INPUT,
        "",
        headers(
            Header.ROLE,
            "user",
            Header.CODEC_MESSAGE_ID,
            "again-" + runId,
            Header.EVENT_ID,
            "event-" + runId,
            Header.PARENT,
            question,
            Header.MSG_REGENERATE,
            target,
            Header.STREAM,
            "false"),
        Map.of("kind", "regenerate"));
    String input = "again-" + runId;
    String invocation = "inv-" + runId;
    Traces.lifecycle(
        scribe,
        WireEvent.RUN_START,
        runId,
        invocation,
        input,
        Header.PARENT,
        question,
        Header.MSG_REGENERATE,
        target);
    String step = Traces.stepStart(scribe, runId, invocation);
    TransportHeaders output =
        Traces.output(runId, invocation, id, question, input, step)
            .with(Header.MSG_REGENERATE, target);
    Traces.text(scribe, output, "t1", text);
    Traces.stepEnd(scribe, runId, invocation, step, "complete");
    Traces.lifecycle(
        scribe, WireEvent.RUN_END, runId, invocation, input, Header.RUN_REASON, "complete");
  }

  /** A run waits for a tool of the client's; the result goes into a run that stands in for it. */
  static Scribe toolResultFork() {
    Scribe scribe = new Scribe();
    Traces.say(scribe, "q1", "Where am I?");
    Traces.lifecycle(scribe, WireEvent.RUN_START, "r1", "inv-1", "q1", Header.PARENT, "q1");
    String step = Traces.stepStart(scribe, "r1", "inv-1");
    TransportHeaders asking = Traces.output("r1", "inv-1", "a1", "q1", "q1", step);
    Traces.discrete(
        scribe,
        asking,
        Map.of("precise", true),
        "tool-input",
        "toolCallId",
        "c1",
        "toolName",
        "location");
    Traces.stepEnd(scribe, "r1", "inv-1", step, "complete");
    Traces.lifecycle(scribe, WireEvent.RUN_SUSPEND, "r1", "inv-1", "q1");
    Map<String, Object> seeded =
        Map.of(
            "id", "dom-a1",
            "role", "assistant",
            "parts",
                List.of(
                    Map.of(
                        "type", "tool-location",
                        "toolCallId", "c1",
                        "state", "input-available",
                        "input", Map.of("precise", true))));
    scribe.create(
        WireEvent.INPUT,
        Map.of(
            "output", Map.of("lat", 1.5),
            "forkSeed",
                Map.of("messages", List.of(Map.of("codecMessageId", "f1", "message", seeded)))),
        headers(
            Header.ROLE, "assistant",
            Header.CODEC_MESSAGE_ID, "f1",
            Header.EVENT_ID, "event-f1",
            Header.PARENT, "q1",
            Header.SUPERSEDES, "r1",
            Header.STREAM, "false"),
        Map.of("kind", "tool-result", "toolCallId", "c1"));
    Traces.lifecycle(scribe, WireEvent.RUN_START, "r2", "inv-2", "f1", Header.PARENT, "q1");
    String second = Traces.stepStart(scribe, "r2", "inv-2");
    TransportHeaders going = Traces.output("r2", "inv-2", "a2", "f1", "f1", second);
    Traces.text(scribe, going, "t1", "At ", "sea.");
    Traces.stepEnd(scribe, "r2", "inv-2", second, "complete");
    Traces.lifecycle(scribe, WireEvent.RUN_END, "r2", "inv-2", "f1", Header.RUN_REASON, "complete");
    Traces.say(scribe, "q2", "Thanks.", Header.PARENT, "a2");
    return scribe;
  }

  /** A step dies half way and is tried again. */
  static Scribe retriedStep() {
    Scribe scribe = new Scribe();
    Traces.say(scribe, "q1", "Count.");
    Traces.lifecycle(scribe, WireEvent.RUN_START, "r1", "inv-1", "q1", Header.PARENT, "q1");
    String first = Traces.stepStart(scribe, "r1", "inv-1");
    TransportHeaders lost = Traces.output("r1", "inv-1", "a1", "q1", "q1", first);
    WireMessage stream = scribe.open("t1", lost, Map.of("kind", "text", "id", "t1"));
    scribe.append(stream, "one tw", "streaming");
    String second = Traces.stepStart(scribe, "r1", "inv-1");
    TransportHeaders kept = Traces.output("r1", "inv-1", "a2", "q1", "q1", second);
    Traces.text(scribe, kept, "t1", "one ", "two ", "three");
    Traces.stepEnd(scribe, "r1", "inv-1", second, "complete");
    Traces.lifecycle(scribe, WireEvent.RUN_END, "r1", "inv-1", "q1", Header.RUN_REASON, "complete");
    return scribe;
  }
}
