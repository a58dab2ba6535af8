package io.holdfast.sessions;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A piece of an answer as the AI SDK streams it. {@code providerMetadata} and {@code
 * messageMetadata} are JSON values that go through as they are; null leaves them out.
 */
public sealed interface UiChunk {
  /**
   * A chunk from its JSON form, which is what the AI SDK sends to browsers.
   *
   * @throws SessionException with code 40003 when there is no chunk of its type
   */
  static UiChunk fromJson(Map<String, @Nullable Object> json) {
    return UiChunkJson.read(json);
  }

  /**
   * A message begins.
   *
   * @param messageId the message's own id; the session's when null
   */
  record Start(@Nullable String messageId, @Nullable Object messageMetadata) implements UiChunk {}

  /** A step of the model begins. */
  record StartStep() implements UiChunk {}

  /** A step of the model is done. */
  record FinishStep() implements UiChunk {}

  /**
   * The message is done.
   *
   * @param finishReason stop, length, content-filter, tool-calls, error or other; null for none
   */
  record Finish(@Nullable String finishReason, @Nullable Object messageMetadata)
      implements UiChunk {}

  /** Data about the message. */
  record MessageMetadata(@Nullable Object messageMetadata) implements UiChunk {}

  /** The model failed; the run is not ended by it. */
  record Failure(String errorText) implements UiChunk {}

  /** The model was stopped. */
  record Abort(@Nullable String reason) implements UiChunk {}

  /** A text begins; its id names it until it ends. */
  record TextStart(String id, @Nullable Object providerMetadata) implements UiChunk {
    /** The same without metadata. */
    public TextStart(String id) {
      this(id, null);
    }
  }

  /** More of a text. */
  record TextDelta(String id, String delta) implements UiChunk {}

  /** A text is whole. */
  record TextEnd(String id, @Nullable Object providerMetadata) implements UiChunk {
    /** The same without metadata. */
    public TextEnd(String id) {
      this(id, null);
    }
  }

  /** A thought begins; its id names it until it ends. */
  record ReasoningStart(String id, @Nullable Object providerMetadata) implements UiChunk {
    /** The same without metadata. */
    public ReasoningStart(String id) {
      this(id, null);
    }
  }

  /** More of a thought. */
  record ReasoningDelta(String id, String delta) implements UiChunk {}

  /** A thought is whole. */
  record ReasoningEnd(String id, @Nullable Object providerMetadata) implements UiChunk {
    /** The same without metadata. */
    public ReasoningEnd(String id) {
      this(id, null);
    }
  }

  /** Begins a tool call whose input is streamed. */
  record ToolInputStart(ToolCall call) implements UiChunk {}

  /** More of a tool call's input, as JSON text. */
  record ToolInputDelta(String toolCallId, String inputTextDelta) implements UiChunk {}

  /** The input of a tool call is whole; one that was not streamed begins with this. */
  record ToolInputAvailable(ToolCall call, @Nullable Object input) implements UiChunk {}

  /** The input of a tool call is of no use. */
  record ToolInputFailure(ToolCall call, @Nullable Object input, String errorText)
      implements UiChunk {}

  /**
   * What a tool gave that the agent ran.
   *
   * @param preliminary whether more output follows; null says nothing
   */
  record ToolOutputAvailable(
      String toolCallId,
      @Nullable Object output,
      @Nullable Boolean dynamic,
      @Nullable Boolean providerExecuted,
      @Nullable Boolean preliminary)
      implements UiChunk {
    /** The same with nothing said beyond the output. */
    public ToolOutputAvailable(String toolCallId, @Nullable Object output) {
      this(toolCallId, output, null, null, null);
    }
  }

  /** A tool failed that the agent ran. */
  record ToolOutputFailure(
      String toolCallId,
      String errorText,
      @Nullable Boolean dynamic,
      @Nullable Boolean providerExecuted)
      implements UiChunk {
    /** The same with nothing said beyond the error. */
    public ToolOutputFailure(String toolCallId, String errorText) {
      this(toolCallId, errorText, null, null);
    }
  }

  /** A tool call was not allowed. */
  record ToolOutputDenied(String toolCallId) implements UiChunk {}

  /** Asks whether the tool may run; suspend the run after it. */
  record ToolApprovalRequest(String toolCallId, String approvalId) implements UiChunk {}

  /** A file of the answer. */
  record File(String mediaType, String url, @Nullable Object providerMetadata) implements UiChunk {}

  /** A page that the answer draws on. */
  record SourceUrl(
      String sourceId, String url, @Nullable String title, @Nullable Object providerMetadata)
      implements UiChunk {}

  /** A document that the answer draws on. */
  record SourceDocument(
      String sourceId,
      String mediaType,
      String title,
      @Nullable String filename,
      @Nullable Object providerMetadata)
      implements UiChunk {}

  /**
   * Data of the application's own.
   *
   * @param type begins with {@code data-}
   * @param ephemeral whether it is shown to who is there and kept for nobody else
   */
  record Data(String type, @Nullable String id, @Nullable Object data, boolean ephemeral)
      implements UiChunk {}

  /**
   * Which tool is called.
   *
   * @param dynamic whether the tool was not known beforehand; null says nothing
   */
  record ToolCall(
      String toolCallId,
      String toolName,
      @Nullable Boolean dynamic,
      @Nullable String title,
      @Nullable Boolean providerExecuted,
      @Nullable Object providerMetadata) {
    /** A call with nothing said beyond its name. */
    public ToolCall(String toolCallId, String toolName) {
      this(toolCallId, toolName, null, null, null, null);
    }
  }
}
