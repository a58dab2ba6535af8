package io.holdfast.sessions;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as user interfaces show it: what the AI SDK calls a UI message.
 *
 * @param id the message's own id; for what one points to in a session see {@link
 *     CodecMessage#codecMessageId}
 * @param metadata a JSON value of the application's own, or null
 */
public record UiMessage(String id, Role role, List<UiPart> parts, @Nullable Object metadata) {
  /** Copies the list. */
  public UiMessage {
    parts = List.copyOf(parts);
  }

  /** What a user says. */
  public static UiMessage user(String id, String text) {
    return new UiMessage(id, Role.USER, List.of(new UiPart.Text(text)), null);
  }

  /** The text of all text parts. */
  public String text() {
    StringBuilder all = new StringBuilder();
    for (UiPart part : parts) {
      if (part instanceof UiPart.Text text) {
        all.append(text.text());
      }
    }
    return all.toString();
  }

  /**
   * The tool calls of the last answer that stand so: those in {@code INPUT_AVAILABLE} wait for a
   * client to run them, those in {@code APPROVAL_RESPONDED} may be run.
   */
  public static List<UiPart.Tool> toolCalls(
      List<CodecMessage<UiMessage>> messages, UiPart.ToolState state) {
    for (CodecMessage<UiMessage> message : messages.reversed()) {
      if (message.message().role() == Role.ASSISTANT) {
        List<UiPart.Tool> calls = new ArrayList<>();
        for (UiPart part : message.message().parts()) {
          if (part instanceof UiPart.Tool tool && tool.state() == state && tool.input() != null) {
            calls.add(tool);
          }
        }
        return calls;
      }
    }
    return List.of();
  }

  /** The message as JSON, as the AI SDK has it. */
  public Map<String, @Nullable Object> toJson() {
    return UiJson.write(this);
  }

  /** A message from its JSON form; what is missing is empty. */
  public static UiMessage fromJson(Map<String, @Nullable Object> json) {
    return UiJson.read(json);
  }
}
