package io.holdfast.sessions;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of a {@link UiMessage}, as the AI SDK's UI messages have them. */
public sealed interface UiPart {
  /** What is said. */
  record Text(String text) implements UiPart {}

  /** The model's thoughts. */
  record Reasoning(String text) implements UiPart {}

  /** Where a step of the model begins. */
  record StepStart() implements UiPart {}

  /**
   * A call of a tool, as far as it is.
   *
   * @param dynamic whether the tool was not known beforehand
   * @param input a JSON value; null while it is not known
   * @param output a JSON value, once there is one
   * @param errorText what went wrong, of a call that failed
   * @param approval the question whether the tool may run, and its answer
   * @param preliminary whether more output will follow; null when nothing was said
   */
  record Tool(
      String toolCallId,
      String toolName,
      boolean dynamic,
      @Nullable String title,
      @Nullable Boolean providerExecuted,
      ToolState state,
      @Nullable Object input,
      @Nullable Object output,
      @Nullable String errorText,
      @Nullable Approval approval,
      @Nullable Boolean preliminary)
      implements UiPart {

    /** The same call in another state, knowing only what comes with that state. */
    Tool in(ToolState next, @Nullable Object nextInput) {
      return new Tool(
          toolCallId,
          toolName,
          dynamic,
          title,
          providerExecuted,
          next,
          nextInput,
          null,
          null,
          null,
          null);
    }

    Tool withOutput(@Nullable Object value, @Nullable Boolean more) {
      Tool bare = in(ToolState.OUTPUT_AVAILABLE, input);
      return new Tool(
          bare.toolCallId,
          bare.toolName,
          bare.dynamic,
          bare.title,
          bare.providerExecuted,
          bare.state,
          bare.input,
          value,
          null,
          null,
          more);
    }

    Tool withError(String text, @Nullable Object nextInput) {
      Tool bare = in(ToolState.OUTPUT_ERROR, nextInput);
      return new Tool(
          bare.toolCallId,
          bare.toolName,
          bare.dynamic,
          bare.title,
          bare.providerExecuted,
          bare.state,
          bare.input,
          null,
          text,
          null,
          null);
    }

    Tool withApproval(ToolState next, Approval answer) {
      Tool bare = in(next, input);
      return new Tool(
          bare.toolCallId,
          bare.toolName,
          bare.dynamic,
          bare.title,
          bare.providerExecuted,
          bare.state,
          bare.input,
          null,
          null,
          answer,
          null);
    }
  }

  /** How far a tool call is. */
  enum ToolState {
    /** Its input is being written. */
    INPUT_STREAMING("input-streaming"),
    /** Its input is whole, and nobody has run it. */
    INPUT_AVAILABLE("input-available"),
    /** Somebody has to say whether it may run. */
    APPROVAL_REQUESTED("approval-requested"),
    /** It may run. */
    APPROVAL_RESPONDED("approval-responded"),
    /** It has run. */
    OUTPUT_AVAILABLE("output-available"),
    /** It has failed. */
    OUTPUT_ERROR("output-error"),
    /** It may not run. */
    OUTPUT_DENIED("output-denied");

    private final String wireName;

    ToolState(String wireName) {
      this.wireName = wireName;
    }

    /** As it stands in JSON. */
    public String wireName() {
      return wireName;
    }

    static ToolState of(@Nullable String name) {
      for (ToolState state : values()) {
        if (state.wireName.equals(name)) {
          return state;
        }
      }
      return INPUT_STREAMING;
    }
  }

  /**
   * A question whether a tool may run, and its answer.
   *
   * @param id names the question; empty when it is not known
   * @param approved the answer; null while there is none
   */
  record Approval(String id, @Nullable Boolean approved, @Nullable String reason) {}

  /** A file, by its address; small ones as a data URL. */
  record File(String mediaType, String url) implements UiPart {}

  /** A page that the answer draws on. */
  record SourceUrl(String sourceId, String url, @Nullable String title) implements UiPart {}

  /** A document that the answer draws on. */
  record SourceDocument(String sourceId, String mediaType, String title, @Nullable String filename)
      implements UiPart {}

  /**
   * Data of the application's own.
   *
   * @param type begins with {@code data-}
   * @param id two parts of one type and id are the same part, the later one counts
   */
  record Data(String type, @Nullable String id, @Nullable Object data) implements UiPart {}

  /** A part of a type this version does not know, as JSON. */
  record Unknown(Map<String, @Nullable Object> json) implements UiPart {}
}
