package io.holdfast.sessions;

import io.holdfast.sessions.OutputWrite.Close;
import io.holdfast.sessions.OutputWrite.Delta;
import io.holdfast.sessions.OutputWrite.Discrete;
import io.holdfast.sessions.OutputWrite.Open;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What events of a response and inputs are on the wire: their kinds and field names. */
final class ResponsesWire {
  static final String OUTPUT_TEXT = "output_text";
  static final String REFUSAL = "refusal";
  static final String REASONING_TEXT = "reasoning_text";
  static final String SUMMARY_TEXT = "reasoning_summary_text";
  static final String ARGUMENTS = "function_call_arguments";
  static final String ITEM_ADDED = "response.output_item.added";
  static final String ITEM_DONE = "response.output_item.done";
  static final String CALL_OUTPUT = "function_call_output";
  static final String APPROVAL_REQUEST = "tool-approval-request";

  static final Set<String> INPUTS =
      Set.of("user-message", "tool-result", "tool-result-error", "tool-approval-response");

  static final Set<String> OUTPUTS =
      Set.of(
          OUTPUT_TEXT,
          REFUSAL,
          REASONING_TEXT,
          SUMMARY_TEXT,
          ARGUMENTS,
          ITEM_ADDED,
          ITEM_DONE,
          CALL_OUTPUT,
          APPROVAL_REQUEST);

  /** Items that have a form on the wire. */
  private static final Set<String> ITEMS = Set.of("message", "reasoning", "function_call");

  private ResponsesWire() {}

  static List<OutputWrite> write(ResponsesEvent event) {
    Map<String, @Nullable Object> json = event.json();
    return switch (event.type()) {
      case "response.content_part.added" -> List.of(openSlot(json));
      case "response.output_text.delta",
          "response.refusal.delta",
          "response.reasoning_text.delta" ->
          List.of(new Delta(slot(json), text(json, "delta")));
      case "response.output_text.done" -> List.of(closeSlot(OUTPUT_TEXT, json));
      case "response.refusal.done" -> List.of(closeSlot(REFUSAL, json));
      case "response.reasoning_text.done" -> List.of(closeSlot(REASONING_TEXT, json));
      case "response.reasoning_summary_part.added" ->
          List.of(new Open(summary(json), summaryFields(json).json("part", part(json)).map()));
      case "response.reasoning_summary_text.delta" ->
          List.of(new Delta(summary(json), text(json, "delta")));
      case "response.reasoning_summary_text.done" ->
          List.of(new Close(summary(json), summaryFields(json).map(), null));
      case ITEM_ADDED -> List.of(addItem(json));
      case "response.function_call_arguments.delta" ->
          List.of(new Delta(text(json, "item_id"), text(json, "delta")));
      case "response.function_call_arguments.done" ->
          List.of(
              new Close(
                  text(json, "item_id"),
                  Fields.of(ARGUMENTS).json("output_index", json.get("output_index")).map(),
                  null));
      case ITEM_DONE -> List.of(discrete(Fields.of(ITEM_DONE), "item", doneItem(item(json))));
      case CALL_OUTPUT -> List.of(discrete(Fields.of(CALL_OUTPUT), "item", item(json)));
      case APPROVAL_REQUEST ->
          List.of(
              new Discrete(
                  Fields.of(APPROVAL_REQUEST)
                      .text("call_id", text(json, "call_id"))
                      .text("name", text(json, "name"))
                      .map(),
                  text(json, "arguments"),
                  false));
      case "response.completed",
          "response.incomplete",
          "response.failed",
          "response.created",
          "response.in_progress",
          "response.queued",
          "error",
          "response.content_part.done",
          "response.reasoning_summary_part.done" ->
          List.of();
      default -> throw unsupported("event", event.type());
    };
  }

  private static SessionException unsupported(String what, String type) {
    return SessionError.INVALID_ARGUMENT.because(
        "There is no form on the wire for the " + what + " '" + type + "' of a response");
  }

  private static String text(Map<String, @Nullable Object> json, String name) {
    return JsonTree.textOrEmpty(json.get(name));
  }

  private static Map<String, @Nullable Object> part(Map<String, @Nullable Object> json) {
    Map<String, @Nullable Object> part = JsonTree.asObject(json.get("part"));
    return part == null ? Map.of() : part;
  }

  private static Map<String, @Nullable Object> item(Map<String, @Nullable Object> json) {
    Map<String, @Nullable Object> item = JsonTree.asObject(json.get("item"));
    return item == null ? Map.of() : item;
  }

  /** Names the stream of one part of an item's content. */
  private static String slot(Map<String, @Nullable Object> json) {
    return text(json, "item_id") + ":" + json.get("content_index");
  }

  private static Fields slotFields(String kind, Map<String, @Nullable Object> json) {
    return Fields.of(kind)
        .text("item_id", JsonTree.asText(json.get("item_id")))
        .json("output_index", json.get("output_index"))
        .json("content_index", json.get("content_index"));
  }

  private static Open openSlot(Map<String, @Nullable Object> json) {
    Map<String, @Nullable Object> part = part(json);
    String type = text(part, "type");
    return switch (type) {
      case OUTPUT_TEXT, REFUSAL, REASONING_TEXT ->
          new Open(slot(json), slotFields(type, json).json("part", part).map());
      default -> throw unsupported("content part", type);
    };
  }

  private static Close closeSlot(String kind, Map<String, @Nullable Object> json) {
    return new Close(slot(json), slotFields(kind, json).map(), null);
  }

  private static String summary(Map<String, @Nullable Object> json) {
    return text(json, "item_id") + ":summary:" + json.get("summary_index");
  }

  private static Fields summaryFields(Map<String, @Nullable Object> json) {
    return Fields.of(SUMMARY_TEXT)
        .text("item_id", JsonTree.asText(json.get("item_id")))
        .json("output_index", json.get("output_index"))
        .json("summary_index", json.get("summary_index"));
  }

  private static OutputWrite addItem(Map<String, @Nullable Object> json) {
    Map<String, @Nullable Object> item = item(json);
    String type = text(item, "type");
    if (!ITEMS.contains(type)) {
      throw unsupported("item", type);
    }
    if (!type.equals("function_call")) {
      return discrete(Fields.of(ITEM_ADDED), "item", item);
    }
    String id = JsonTree.asText(item.get("id"));
    if (id == null) {
      throw SessionError.INVALID_ARGUMENT.because(
          "A function call of a response has no id to stream its arguments by");
    }
    return new Open(
        id,
        Fields.of(ARGUMENTS)
            .json("item", item)
            .json("output_index", json.get("output_index"))
            .map());
  }

  /** Of an item that is done only what its streams have not said. */
  private static Map<String, @Nullable Object> doneItem(Map<String, @Nullable Object> item) {
    String type = text(item, "type");
    if (!ITEMS.contains(type)) {
      throw unsupported("item", type);
    }
    Map<String, @Nullable Object> done = new LinkedHashMap<>();
    done.put("type", type);
    copy("id", item, done);
    copy("status", item, done);
    if (type.equals("reasoning") && item.get("encrypted_content") instanceof String) {
      copy("encrypted_content", item, done);
    }
    if (type.equals("message")) {
      List<@Nullable Object> content = logprobs(JsonTree.asList(item.get("content")));
      if (content != null) {
        done.put("content", content);
      }
    }
    return done;
  }

  private static void copy(
      String name, Map<String, @Nullable Object> from, Map<String, @Nullable Object> to) {
    if (from.get(name) != null) {
      to.put(name, from.get(name));
    }
  }

  /** The parts by type, with their logprobs; null when none has any. */
  private static @Nullable List<@Nullable Object> logprobs(
      List<? extends @Nullable Object> content) {
    List<@Nullable Object> parts = new ArrayList<>();
    boolean any = false;
    for (Object each : content) {
      Map<String, @Nullable Object> part = JsonTree.asObject(each);
      if (part != null) {
        Map<String, @Nullable Object> reduced = new LinkedHashMap<>();
        reduced.put("type", part.get("type"));
        boolean has =
            OUTPUT_TEXT.equals(part.get("type"))
                && !JsonTree.asList(part.get("logprobs")).isEmpty();
        if (has) {
          reduced.put("logprobs", part.get("logprobs"));
        }
        any |= has;
        parts.add(reduced);
      }
    }
    return any ? parts : null;
  }

  private static Discrete discrete(Fields fields, String name, @Nullable Object value) {
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put(name, value);
    return new Discrete(fields.map(), data, false);
  }

  static List<InputWrite> write(Input<ResponsesMessage> input) {
    return switch (input) {
      case Input.UserMessage<ResponsesMessage> user -> parts(user.message());
      case Input.Regenerate<ResponsesMessage> again ->
          List.of(new InputWrite(Fields.of("regenerate").map(), "", false, null));
      case Input.ToolResult<ResponsesMessage> result ->
          List.of(answer(Fields.of("tool-result"), result.toolCallId(), "output", result.output()));
      case Input.ToolFailure<ResponsesMessage> failure ->
          List.of(
              answer(
                  Fields.of("tool-result-error"),
                  failure.toolCallId(),
                  "message",
                  failure.message()));
      case Input.Approval<ResponsesMessage> approval ->
          List.of(
              new InputWrite(
                  Fields.of("tool-approval-response")
                      .text("call_id", approval.toolCallId())
                      .flag("approved", approval.approved())
                      .text("reason", approval.reason())
                      .map(),
                  "",
                  false,
                  null));
    };
  }

  private static InputWrite answer(
      Fields fields, String callId, String name, @Nullable Object value) {
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put(name, value);
    return new InputWrite(fields.text("call_id", callId).map(), data, false, null);
  }

  private static List<InputWrite> parts(ResponsesMessage message) {
    if (message.items().size() != 1 || !"message".equals(message.items().getFirst().get("type"))) {
      throw SessionError.INVALID_ARGUMENT.because(
          "A user's message is one item of type message, not " + message.items().size());
    }
    List<InputWrite> parts = new ArrayList<>();
    for (Object each : JsonTree.asList(message.items().getFirst().get("content"))) {
      Map<String, @Nullable Object> part = JsonTree.asObject(each);
      String type = part == null ? "" : text(part, "type");
      if (part == null || !type.equals("input_text")) {
        throw unsupported("input content", type);
      }
      parts.add(part(message.role(), text(part, "text")));
    }
    return parts.isEmpty() ? List.of(part(message.role(), "")) : parts;
  }

  private static InputWrite part(Role role, String text) {
    Fields fields = Fields.of("user-message").text(UiWire.PART_TYPE, "input_text");
    return new InputWrite(fields.map(), text, true, role);
  }
}
