package io.holdfast.sessions;

import io.holdfast.client.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event of OpenAI's Responses stream as JSON, and two of a session's own: {@code
 * function_call_output} with what a tool gave, and {@code tool-approval-request} with a question
 * whether one may run.
 *
 * @param json the event's fields, {@code type} among them
 */
public record ResponsesEvent(Map<String, @Nullable Object> json) {
  /** Keeps the fields from being changed through it. */
  public ResponsesEvent {
    json = Collections.unmodifiableMap(json);
  }

  /**
   * An event as it stands in the data of a server-sent event.
   *
   * @throws SessionException with code 40003 when the text is no JSON object
   */
  public static ResponsesEvent parse(String data) {
    Map<String, @Nullable Object> fields;
    try {
      fields = JsonTree.asObject(Json.parse(data));
    } catch (IllegalArgumentException e) {
      throw SessionError.INVALID_ARGUMENT.because("An event of a response is no JSON", e);
    }
    if (fields == null) {
      throw SessionError.INVALID_ARGUMENT.because("An event of a response is no JSON object");
    }
    return new ResponsesEvent(fields);
  }

  /** What a tool gave, as text or as OpenAI's parts of content. */
  public static ResponsesEvent toolOutput(String callId, Object output) {
    Map<String, @Nullable Object> item = new LinkedHashMap<>();
    item.put("type", "function_call_output");
    item.put("call_id", callId);
    item.put("output", output);
    return new ResponsesEvent(Map.of("type", "function_call_output", "item", item));
  }

  /** Asks whether a tool may run; suspend the run after it. */
  public static ResponsesEvent approvalRequest(String callId, String name, String arguments) {
    return new ResponsesEvent(
        Map.of(
            "type",
            "tool-approval-request",
            "call_id",
            callId,
            "name",
            name,
            "arguments",
            arguments));
  }

  /** What kind of event it is; empty when it says none. */
  public String type() {
    return JsonTree.textOrEmpty(json.get("type"));
  }
}
