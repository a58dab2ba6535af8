package io.holdfast.demoagent;

import io.holdfast.client.Json;
import io.holdfast.sessions.AgentRun;
import io.holdfast.sessions.CodecMessage;
import io.holdfast.sessions.Role;
import io.holdfast.sessions.UiChunk;
import io.holdfast.sessions.UiMessage;
import io.holdfast.sessions.UiPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The conversation that an answer goes on from, as a model gets it: everything that was said, also
 * what was stopped, failed or lost its agent. Tool calls without a result are left out, since a
 * provider accepts none; those of this run that a person has allowed are still to be run.
 *
 * @param turns all of it but {@code allowed}, whose results come after it
 */
record Conversation(List<UiMessage> messages, List<Turn> turns, List<Turn.Call> allowed) {

  /** What leads to the run, and what is in it. */
  static Conversation of(AgentRun<UiChunk, UiMessage> run) {
    List<CodecMessage<UiMessage>> before = run.before();
    Set<String> known =
        before.stream().map(CodecMessage::codecMessageId).collect(Collectors.toSet());
    List<UiMessage> own =
        run.view().messages().stream()
            .filter(message -> !known.contains(message.codecMessageId()))
            .map(CodecMessage::message)
            .toList();
    List<UiMessage> all = new ArrayList<>();
    List<Turn> turns = new ArrayList<>();
    List<Turn.Call> allowed = new ArrayList<>();
    for (CodecMessage<UiMessage> message : before) {
      all.add(message.message());
      new Reading(turns, null).read(message.message());
    }
    for (UiMessage message : own) {
      all.add(message);
      new Reading(turns, allowed).read(message);
    }
    return new Conversation(List.copyOf(all), List.copyOf(turns), List.copyOf(allowed));
  }

  /** What people said, the oldest first. */
  List<String> asked() {
    return questions(messages);
  }

  /** What people said in these messages. */
  static List<String> questions(List<UiMessage> messages) {
    return messages.stream()
        .filter(message -> message.role() == Role.USER)
        .map(UiMessage::text)
        .toList();
  }

  /** Whether a message still asks a person something. */
  static boolean asks(UiMessage message) {
    return message.parts().stream()
        .anyMatch(
            part ->
                part instanceof UiPart.Tool tool
                    && tool.state() == UiPart.ToolState.APPROVAL_REQUESTED);
  }

  /** Reads one message after the other into turns; a step of the model is a turn. */
  private static final class Reading {
    private final List<Turn> turns;
    private final @Nullable List<Turn.Call> allowed;
    private final StringBuilder text = new StringBuilder();
    private final List<Turn.Call> calls = new ArrayList<>();
    private final List<Turn> results = new ArrayList<>();

    /**
     * @param allowed takes calls that may be run; null where none is to be run
     */
    Reading(List<Turn> turns, @Nullable List<Turn.Call> allowed) {
      this.turns = turns;
      this.allowed = allowed;
    }

    void read(UiMessage message) {
      if (message.role() != Role.ASSISTANT) {
        turns.add(new Turn.Asked(message.text()));
        return;
      }
      for (UiPart part : message.parts()) {
        switch (part) {
          case UiPart.StepStart step -> end();
          case UiPart.Text said -> text.append(said.text());
          case UiPart.Tool tool -> read(tool);
          case UiPart.Reasoning unsaid -> {}
          case UiPart.File file -> {}
          case UiPart.SourceUrl source -> {}
          case UiPart.SourceDocument source -> {}
          case UiPart.Data data -> {}
          case UiPart.Unknown unknown -> {}
        }
      }
      end();
    }

    private void read(UiPart.Tool tool) {
      Turn.Call call = new Turn.Call(tool.toolCallId(), tool.toolName(), tool.input());
      switch (tool.state()) {
        case OUTPUT_AVAILABLE -> add(call, new Turn.Outcome.Given(given(tool.output())));
        case OUTPUT_DENIED -> add(call, new Turn.Outcome.Denied());
        case OUTPUT_ERROR -> {
          String why = tool.errorText();
          add(call, new Turn.Outcome.Failed(why == null ? "" : why));
        }
        case APPROVAL_RESPONDED -> {
          if (allowed != null) {
            calls.add(call);
            allowed.add(call);
          }
        }
        case INPUT_STREAMING, INPUT_AVAILABLE, APPROVAL_REQUESTED -> {}
      }
    }

    private void add(Turn.Call call, Turn.Outcome outcome) {
      calls.add(call);
      results.add(new Turn.Result(call, outcome));
    }

    private static Map<String, ?> given(@Nullable Object output) {
      if (output instanceof Map<?, ?> fields) {
        return fields.entrySet().stream()
            .filter(field -> field.getValue() != null)
            .collect(
                Collectors.toMap(field -> String.valueOf(field.getKey()), Map.Entry::getValue));
      }
      return Map.of("output", Json.write(output));
    }

    private void end() {
      if (!text.isEmpty() || !calls.isEmpty()) {
        turns.add(new Turn.Answered(text.toString(), List.copyOf(calls)));
        turns.addAll(results);
      }
      text.setLength(0);
      calls.clear();
      results.clear();
    }
  }
}
