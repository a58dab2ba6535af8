package io.holdfast.sessions;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** UI chunks from JSON, as the AI SDK streams them to browsers. */
final class UiChunkJson {
  private final Map<String, @Nullable Object> json;

  private UiChunkJson(Map<String, @Nullable Object> json) {
    this.json = json;
  }

  static UiChunk read(Map<String, @Nullable Object> json) {
    return new UiChunkJson(json).read();
  }

  private UiChunk read() {
    String type = text("type");
    return switch (type) {
      case "start" -> new UiChunk.Start(textOrNull("messageId"), json.get("messageMetadata"));
      case "start-step" -> new UiChunk.StartStep();
      case "finish-step" -> new UiChunk.FinishStep();
      case "finish" -> new UiChunk.Finish(textOrNull("finishReason"), json.get("messageMetadata"));
      case "message-metadata" -> new UiChunk.MessageMetadata(json.get("messageMetadata"));
      case "error" -> new UiChunk.Failure(text("errorText"));
      case "abort" -> new UiChunk.Abort(textOrNull("reason"));
      case "text-start" -> new UiChunk.TextStart(text("id"), metadata());
      case "text-delta" -> new UiChunk.TextDelta(text("id"), text("delta"));
      case "text-end" -> new UiChunk.TextEnd(text("id"), metadata());
      case "reasoning-start" -> new UiChunk.ReasoningStart(text("id"), metadata());
      case "reasoning-delta" -> new UiChunk.ReasoningDelta(text("id"), text("delta"));
      case "reasoning-end" -> new UiChunk.ReasoningEnd(text("id"), metadata());
      case "file" -> new UiChunk.File(text("mediaType"), text("url"), metadata());
      case "source-url" ->
          new UiChunk.SourceUrl(text("sourceId"), text("url"), textOrNull("title"), metadata());
      case "source-document" ->
          new UiChunk.SourceDocument(
              text("sourceId"),
              text("mediaType"),
              text("title"),
              textOrNull("filename"),
              metadata());
      default -> type.startsWith("data-") ? data(type) : tool(type);
    };
  }

  private UiChunk.Data data(String type) {
    boolean ephemeral = Boolean.TRUE.equals(flag("transient"));
    return new UiChunk.Data(type, textOrNull("id"), json.get("data"), ephemeral);
  }

  private UiChunk tool(String type) {
    return switch (type) {
      case "tool-input-start" -> new UiChunk.ToolInputStart(call());
      case "tool-input-delta" ->
          new UiChunk.ToolInputDelta(text("toolCallId"), text("inputTextDelta"));
      case "tool-input-available" -> new UiChunk.ToolInputAvailable(call(), json.get("input"));
      case "tool-input-error" ->
          new UiChunk.ToolInputFailure(call(), json.get("input"), text("errorText"));
      case "tool-output-available" ->
          new UiChunk.ToolOutputAvailable(
              text("toolCallId"),
              json.get("output"),
              flag("dynamic"),
              flag("providerExecuted"),
              flag("preliminary"));
      case "tool-output-error" ->
          new UiChunk.ToolOutputFailure(
              text("toolCallId"), text("errorText"), flag("dynamic"), flag("providerExecuted"));
      case "tool-output-denied" -> new UiChunk.ToolOutputDenied(text("toolCallId"));
      case "tool-approval-request" ->
          new UiChunk.ToolApprovalRequest(text("toolCallId"), text("approvalId"));
      default ->
          throw SessionError.INVALID_ARGUMENT.because(
              "There is no UI chunk of type '" + type + "'");
    };
  }

  private UiChunk.ToolCall call() {
    return new UiChunk.ToolCall(
        text("toolCallId"),
        text("toolName"),
        flag("dynamic"),
        textOrNull("title"),
        flag("providerExecuted"),
        metadata());
  }

  private String text(String name) {
    return JsonTree.textOrEmpty(json.get(name));
  }

  private @Nullable String textOrNull(String name) {
    return JsonTree.asText(json.get(name));
  }

  private @Nullable Boolean flag(String name) {
    return JsonTree.asBoolean(json.get(name));
  }

  private @Nullable Object metadata() {
    return json.get("providerMetadata");
  }
}
