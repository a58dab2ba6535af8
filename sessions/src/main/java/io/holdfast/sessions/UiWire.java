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

/** What UI chunks and inputs are on the wire: the one place with their kinds and field names. */
final class UiWire {
  static final String PART_TYPE = "partType";

  static final Set<String> INPUTS =
      Set.of("user-message", "tool-result", "tool-result-error", "tool-approval-response");

  static final Set<String> OUTPUTS =
      Set.of(
          "text",
          "reasoning",
          "tool-input",
          "start",
          "start-step",
          "finish-step",
          "finish",
          "message-metadata",
          "error",
          "abort",
          "file",
          "source-url",
          "source-document",
          "tool-input-error",
          "tool-output-available",
          "tool-output-error",
          "tool-approval-request",
          "tool-output-denied");

  private UiWire() {}

  static OutputWrite write(UiChunk chunk, String codecMessageId) {
    return switch (chunk) {
      case UiChunk.Start start -> start(start, codecMessageId);
      case UiChunk.StartStep step -> discrete(Fields.of("start-step"));
      case UiChunk.FinishStep step -> discrete(Fields.of("finish-step"));
      case UiChunk.Finish finish -> finish(finish);
      case UiChunk.MessageMetadata more ->
          discrete(Fields.of("message-metadata").json("messageMetadata", more.messageMetadata()));
      case UiChunk.Failure failure -> discrete(Fields.of("error"), failure.errorText());
      case UiChunk.Abort abort ->
          discrete(Fields.of("abort"), abort.reason() == null ? "" : abort.reason());
      case UiChunk.TextStart start -> open("text", start.id(), start.providerMetadata());
      case UiChunk.TextDelta delta -> new Delta(delta.id(), delta.delta());
      case UiChunk.TextEnd end -> close("text", end.id(), end.providerMetadata());
      case UiChunk.ReasoningStart start -> open("reasoning", start.id(), start.providerMetadata());
      case UiChunk.ReasoningDelta delta -> new Delta(delta.id(), delta.delta());
      case UiChunk.ReasoningEnd end -> close("reasoning", end.id(), end.providerMetadata());
      case UiChunk.ToolInputStart start ->
          new Open(start.call().toolCallId(), call("tool-input", start.call()).map());
      case UiChunk.ToolInputDelta delta -> new Delta(delta.toolCallId(), delta.inputTextDelta());
      case UiChunk.ToolInputAvailable available -> available(available);
      case UiChunk.ToolInputFailure failure ->
          discrete(
              call("tool-input-error", failure.call()),
              object("errorText", failure.errorText(), "input", failure.input()));
      case UiChunk.ToolOutputAvailable output -> output(output);
      case UiChunk.ToolOutputFailure failure -> output(failure);
      case UiChunk.ToolOutputDenied denied ->
          discrete(Fields.of("tool-output-denied").text("toolCallId", denied.toolCallId()));
      case UiChunk.ToolApprovalRequest request ->
          discrete(
              Fields.of("tool-approval-request")
                  .text("toolCallId", request.toolCallId())
                  .text("approvalId", request.approvalId()));
      case UiChunk.File file -> file(file);
      case UiChunk.SourceUrl source -> source(source);
      case UiChunk.SourceDocument source -> source(source);
      case UiChunk.Data data -> data(data);
    };
  }

  private static Discrete start(UiChunk.Start start, String codecMessageId) {
    return discrete(
        Fields.of("start")
            .text("messageId", start.messageId() == null ? codecMessageId : start.messageId())
            .json("messageMetadata", start.messageMetadata()));
  }

  private static Discrete finish(UiChunk.Finish finish) {
    return discrete(
        Fields.of("finish")
            .text("finishReason", finish.finishReason())
            .json("messageMetadata", finish.messageMetadata()));
  }

  private static Discrete output(UiChunk.ToolOutputAvailable output) {
    return discrete(
        Fields.of("tool-output-available")
            .text("toolCallId", output.toolCallId())
            .flag("dynamic", output.dynamic())
            .flag("providerExecuted", output.providerExecuted())
            .flag("preliminary", output.preliminary()),
        withNull("output", output.output()));
  }

  private static Discrete output(UiChunk.ToolOutputFailure failure) {
    return discrete(
        Fields.of("tool-output-error")
            .text("toolCallId", failure.toolCallId())
            .flag("dynamic", failure.dynamic())
            .flag("providerExecuted", failure.providerExecuted()),
        object("errorText", failure.errorText(), "", null));
  }

  private static Discrete file(UiChunk.File file) {
    return discrete(
        Fields.of("file")
            .text("mediaType", file.mediaType())
            .json("providerMetadata", file.providerMetadata()),
        file.url());
  }

  private static Discrete source(UiChunk.SourceUrl source) {
    return discrete(
        Fields.of("source-url")
            .text("sourceId", source.sourceId())
            .text("title", source.title())
            .json("providerMetadata", source.providerMetadata()),
        source.url());
  }

  private static Discrete source(UiChunk.SourceDocument source) {
    return discrete(
        Fields.of("source-document")
            .text("sourceId", source.sourceId())
            .text("mediaType", source.mediaType())
            .text("title", source.title())
            .text("filename", source.filename())
            .json("providerMetadata", source.providerMetadata()));
  }

  private static Discrete data(UiChunk.Data data) {
    if (!data.type().startsWith("data-")) {
      throw SessionError.INVALID_ARGUMENT.because(
          "A data chunk's type is '" + data.type() + "' and does not begin with 'data-'");
    }
    Map<String, String> fields =
        Fields.of(data.type())
            .text("id", data.id())
            .flag("transient", data.ephemeral() ? true : null)
            .map();
    return new Discrete(fields, data.data(), data.ephemeral());
  }

  /** Closes the stream of the input, or tells it at once where it was not streamed. */
  private static Close available(UiChunk.ToolInputAvailable available) {
    UiChunk.ToolCall call = available.call();
    Fields closing =
        Fields.of("tool-input")
            .text("toolCallId", call.toolCallId())
            .text("toolName", call.toolName())
            .json("providerMetadata", call.providerMetadata());
    return new Close(
        call.toolCallId(),
        closing.map(),
        new Discrete(call("tool-input", call).map(), available.input(), false));
  }

  private static Fields call(String kind, UiChunk.ToolCall call) {
    return Fields.of(kind)
        .text("toolCallId", call.toolCallId())
        .text("toolName", call.toolName())
        .flag("dynamic", call.dynamic())
        .text("title", call.title())
        .flag("providerExecuted", call.providerExecuted())
        .json("providerMetadata", call.providerMetadata());
  }

  private static Open open(String kind, String id, @Nullable Object metadata) {
    return new Open(id, Fields.of(kind).text("id", id).json("providerMetadata", metadata).map());
  }

  private static Close close(String kind, String id, @Nullable Object metadata) {
    Fields fields = Fields.of(kind).text("id", id).json("providerMetadata", metadata);
    return new Close(id, fields.map(), null);
  }

  private static Discrete discrete(Fields fields) {
    return discrete(fields, "");
  }

  private static Discrete discrete(Fields fields, @Nullable Object data) {
    return new Discrete(fields.map(), data, false);
  }

  private static Map<String, @Nullable Object> withNull(String name, @Nullable Object value) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put(name, value);
    return object;
  }

  private static Map<String, @Nullable Object> object(
      String first, String text, String second, @Nullable Object value) {
    Map<String, @Nullable Object> object = withNull(first, text);
    if (value != null) {
      object.put(second, value);
    }
    return object;
  }

  static List<InputWrite> write(Input<UiMessage> input) {
    return switch (input) {
      case Input.UserMessage<UiMessage> user -> parts(user.message());
      case Input.Regenerate<UiMessage> again -> List.of(single(Fields.of("regenerate"), ""));
      case Input.ToolResult<UiMessage> result -> {
        Map<String, @Nullable Object> data = withNull("output", result.output());
        seed(data, result.seed());
        yield List.of(
            single(Fields.of("tool-result").text("toolCallId", result.toolCallId()), data));
      }
      case Input.ToolFailure<UiMessage> failure -> {
        Map<String, @Nullable Object> data = withNull("message", failure.message());
        seed(data, failure.seed());
        yield List.of(
            single(Fields.of("tool-result-error").text("toolCallId", failure.toolCallId()), data));
      }
      case Input.Approval<UiMessage> answer ->
          List.of(
              single(
                  Fields.of("tool-approval-response")
                      .text("toolCallId", answer.toolCallId())
                      .flag("approved", answer.approved())
                      .text("reason", answer.reason()),
                  ""));
    };
  }

  private static InputWrite single(Fields fields, Object data) {
    return new InputWrite(fields.map(), data, false, null);
  }

  private static void seed(
      Map<String, @Nullable Object> data, @Nullable List<CodecMessage<UiMessage>> seed) {
    if (seed == null) {
      return;
    }
    List<@Nullable Object> messages = new ArrayList<>();
    for (CodecMessage<UiMessage> message : seed) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("codecMessageId", message.codecMessageId());
      entry.put("message", message.message().toJson());
      messages.add(entry);
    }
    data.put("forkSeed", withNull("messages", messages));
  }

  /** One part each for texts, files and data; a message without any is one empty text. */
  private static List<InputWrite> parts(UiMessage message) {
    List<InputWrite> parts = new ArrayList<>();
    for (UiPart part : message.parts()) {
      switch (part) {
        case UiPart.Text text -> parts.add(part(message, "text", null, null, text.text()));
        case UiPart.File file ->
            parts.add(part(message, "file", "mediaType", file.mediaType(), file.url()));
        case UiPart.Data data ->
            parts.add(part(message, data.type(), "id", data.id(), data.data()));
        case UiPart.Reasoning other -> {}
        case UiPart.StepStart other -> {}
        case UiPart.Tool other -> {}
        case UiPart.SourceUrl other -> {}
        case UiPart.SourceDocument other -> {}
        case UiPart.Unknown other -> {}
      }
    }
    return parts.isEmpty() ? List.of(part(message, "text", null, null, "")) : parts;
  }

  private static InputWrite part(
      UiMessage message,
      String type,
      @Nullable String name,
      @Nullable String value,
      @Nullable Object data) {
    Fields fields = Fields.of("user-message");
    if (name != null) {
      fields.text(name, value);
    }
    fields.text("messageId", message.id()).text(PART_TYPE, type);
    return new InputWrite(fields.map(), data, true, message.role());
  }
}
