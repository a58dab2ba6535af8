package io.holdfast.sessions;

import io.holdfast.client.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends to an agent's endpoint so that somebody answers: which input, on which
 * channel. The input itself is on the channel.
 *
 * @param inputEventId the event that the input was published under
 * @param sessionName the name of the channel
 */
public record Invocation(String inputEventId, String sessionName) {
  /** The fields as a JSON tree, to be sent on its own or among others. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("inputEventId", inputEventId);
    json.put("sessionName", sessionName);
    return json;
  }

  /** As JSON text. */
  public String toJsonText() {
    return Json.write(toJson());
  }

  /**
   * Reads JSON text; other fields than ours are left to the application.
   *
   * @throws SessionException with code 40003 when it is no invocation
   */
  public static Invocation parse(String json) {
    return of(JsonTree.asObject(JsonTree.parseOrNull(json)));
  }

  /**
   * Reads a JSON tree.
   *
   * @throws SessionException with code 40003 when it is no invocation
   */
  public static Invocation of(@Nullable Map<String, @Nullable Object> json) {
    String event = json == null ? null : JsonTree.asText(json.get("inputEventId"));
    String session = json == null ? null : JsonTree.asText(json.get("sessionName"));
    if (event == null || event.isEmpty() || session == null || session.isEmpty()) {
      throw SessionError.INVALID_ARGUMENT.because(
          "An invocation has inputEventId and sessionName, both texts that are not empty");
    }
    return new Invocation(event, session);
  }
}
