package io.holdfast.sessions;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message as items of OpenAI's Responses API.
 *
 * @param items each as JSON, with its {@code type}: {@code message}, {@code reasoning}, {@code
 *     function_call} or {@code function_call_output}
 * @param toolCalls by call id what is known of a call beside its items
 */
public record ResponsesMessage(
    Role role, List<Map<String, @Nullable Object>> items, Map<String, ToolCall> toolCalls) {
  /** Copies lists and maps; the items are kept from being changed through it. */
  public ResponsesMessage {
    items = List.copyOf(items);
    toolCalls = Collections.unmodifiableMap(new LinkedHashMap<>(toolCalls));
  }

  /**
   * What is known of a tool call beside its items.
   *
   * @param approval pending, approved or denied; null when nobody was asked
   * @param result ok or failed; null while there is none from a client
   * @param name of the tool, where approval was asked for
   * @param arguments of the call, where approval was asked for
   * @param reason what was said with the answer
   */
  public record ToolCall(
      @Nullable String approval,
      @Nullable String result,
      @Nullable String name,
      @Nullable String arguments,
      @Nullable String reason) {}

  /** What a user says. */
  public static ResponsesMessage user(String text) {
    Map<String, @Nullable Object> part = new LinkedHashMap<>();
    part.put("type", "input_text");
    part.put("text", text);
    Map<String, @Nullable Object> item = new LinkedHashMap<>();
    item.put("type", "message");
    item.put("role", "user");
    item.put("content", List.of(part));
    return new ResponsesMessage(Role.USER, List.of(item), Map.of());
  }

  /** All text that is said in it, by the user or the model. */
  public String text() {
    StringBuilder all = new StringBuilder();
    for (Map<String, @Nullable Object> item : items) {
      if ("message".equals(item.get("type"))) {
        for (Object part : JsonTree.asList(item.get("content"))) {
          Map<String, @Nullable Object> fields = JsonTree.asObject(part);
          if (fields != null && fields.get("text") instanceof String text) {
            all.append(text);
          }
        }
      }
    }
    return all.toString();
  }

  /** The message as JSON, as the published package has it. */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("role", role.wireName());
    json.put("items", items);
    if (!toolCalls.isEmpty()) {
      Map<String, @Nullable Object> states = new LinkedHashMap<>();
      toolCalls.forEach(
          (callId, call) -> {
            Map<String, @Nullable Object> state = new LinkedHashMap<>();
            state.put("approval", call.approval());
            state.put("result", call.result());
            state.put("name", call.name());
            state.put("arguments", call.arguments());
            state.put("reason", call.reason());
            state.values().removeIf(value -> value == null);
            states.put(callId, state);
          });
      json.put("toolCallStates", states);
    }
    return json;
  }

  /** All items of a conversation, as the Responses API takes them for input. */
  public static List<Map<String, @Nullable Object>> inputOf(
      List<CodecMessage<ResponsesMessage>> messages) {
    return messages.stream().flatMap(message -> message.message().items().stream()).toList();
  }

  /** The function calls that nobody has answered and that were not approved. */
  public static List<Map<String, @Nullable Object>> unansweredCalls(
      List<CodecMessage<ResponsesMessage>> messages) {
    return calls(messages, false);
  }

  /** The function calls that were approved and not answered yet. */
  public static List<Map<String, @Nullable Object>> approvedCalls(
      List<CodecMessage<ResponsesMessage>> messages) {
    return calls(messages, true);
  }

  private static List<Map<String, @Nullable Object>> calls(
      List<CodecMessage<ResponsesMessage>> messages, boolean approved) {
    Set<Object> answered = new HashSet<>();
    for (Map<String, @Nullable Object> item : inputOf(messages)) {
      Object callId = item.get("call_id");
      if ("function_call_output".equals(item.get("type")) && callId != null) {
        answered.add(callId);
      }
    }
    List<Map<String, @Nullable Object>> calls = new ArrayList<>();
    for (CodecMessage<ResponsesMessage> message : messages) {
      for (Map<String, @Nullable Object> item : message.message().items()) {
        String callId = JsonTree.textOrEmpty(item.get("call_id"));
        if ("function_call".equals(item.get("type")) && !answered.contains(callId)) {
          ToolCall call = message.message().toolCalls().get(callId);
          if (approved == (call != null && "approved".equals(call.approval()))) {
            calls.add(item);
          }
        }
      }
    }
    return calls;
  }
}
