package io.holdfast.sessions;

import io.holdfast.sessions.Piece.StreamStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of one run or input into UI messages.
 *
 * <p>The begin of a message and of a step that nobody wrote is made up before the first stream that
 * needs it, as the published decoder does; since pieces come in the channel's order here, what is
 * made up does not depend on the order they arrived in.
 */
final class UiFold implements Codec.Fold<UiMessage> {
  /** A message in the making; {@code tools} says which part a call is. */
  private static final class Draft {
    private final String codecMessageId;
    private final List<UiPart> parts = new ArrayList<>();
    private final Map<String, Integer> tools = new HashMap<>();
    private String id;
    private Role role;
    private @Nullable Object metadata;

    private Draft(String codecMessageId, String id, Role role) {
      this.codecMessageId = codecMessageId;
      this.id = id;
      this.role = role;
    }

    private void add(UiPart part) {
      if (part instanceof UiPart.Tool tool) {
        tools.put(tool.toolCallId(), parts.size());
      }
      parts.add(part);
    }

    private UiPart.@Nullable Tool tool(String toolCallId) {
      Integer index = tools.get(toolCallId);
      return index != null && parts.get(index) instanceof UiPart.Tool tool ? tool : null;
    }

    private void replace(UiPart.Tool tool) {
      Integer index = tools.get(tool.toolCallId());
      if (index != null) {
        parts.set(index, tool);
      }
    }
  }

  /** An answer to a call that is not there yet; it waits for the call. */
  private record Pending(String codecMessageId, String toolCallId, Piece answer) {}

  private final Map<String, Draft> byId = new HashMap<>();
  private final List<Draft> drafts = new ArrayList<>();
  private final List<Pending> pending = new ArrayList<>();
  private boolean stepBegun;

  @Override
  public void add(Piece piece) {
    if (piece.input()) {
      addInput(piece);
    } else {
      addOutput(piece);
    }
    pending.removeIf(waiting -> resolved(waiting.codecMessageId(), waiting.answer()));
  }

  @Override
  public List<CodecMessage<UiMessage>> messages() {
    List<CodecMessage<UiMessage>> messages = new ArrayList<>();
    for (Draft draft : drafts) {
      messages.add(
          new CodecMessage<>(
              draft.codecMessageId,
              new UiMessage(draft.id, draft.role, draft.parts, draft.metadata)));
    }
    return messages;
  }

  private Draft draft(String codecMessageId) {
    Draft known = byId.get(codecMessageId);
    return known != null ? known : begin(codecMessageId, codecMessageId, Role.ASSISTANT);
  }

  private Draft begin(String codecMessageId, String id, Role role) {
    Draft draft = new Draft(codecMessageId, id, role);
    byId.put(codecMessageId, draft);
    drafts.add(draft);
    return draft;
  }

  // --- what people wrote ---

  private void addInput(Piece piece) {
    switch (piece.kind()) {
      case "user-message" -> addUserPart(piece);
      case "tool-result", "tool-result-error" -> {
        seed(piece);
        answer(piece);
      }
      case "tool-approval-response" -> answer(piece);
      default -> {}
    }
  }

  private void addUserPart(Piece piece) {
    String type = piece.fieldOrEmpty(UiWire.PART_TYPE);
    UiPart part =
        switch (type) {
          case "text" -> new UiPart.Text(piece.text());
          case "file" -> new UiPart.File(piece.fieldOrEmpty("mediaType"), piece.text());
          default ->
              type.startsWith("data-")
                  ? new UiPart.Data(type, piece.field("id"), piece.data())
                  : null;
        };
    if (part != null) {
      Draft known = byId.get(piece.codecMessageId());
      Draft draft =
          known != null
              ? known
              : begin(piece.codecMessageId(), piece.fieldOrEmpty("messageId"), piece.role());
      draft.add(part);
    }
  }

  /** The messages of the run that this one stands in for, unless they are here already. */
  private void seed(Piece piece) {
    Map<String, @Nullable Object> data = JsonTree.asObject(piece.data());
    Map<String, @Nullable Object> seed =
        data == null ? null : JsonTree.asObject(data.get("forkSeed"));
    if (seed == null || byId.containsKey(piece.codecMessageId())) {
      return;
    }
    for (Object entry : JsonTree.asList(seed.get("messages"))) {
      Map<String, @Nullable Object> fields = JsonTree.asObject(entry);
      String id = fields == null ? null : JsonTree.asText(fields.get("codecMessageId"));
      Map<String, @Nullable Object> json =
          fields == null ? null : JsonTree.asObject(fields.get("message"));
      if (id != null && json != null && !byId.containsKey(id)) {
        UiMessage message = UiJson.read(json);
        Draft draft = begin(id, message.id(), message.role());
        message.parts().forEach(draft::add);
        draft.metadata = message.metadata();
      }
    }
  }

  private void answer(Piece piece) {
    if (!resolved(piece.codecMessageId(), piece)) {
      pending.add(new Pending(piece.codecMessageId(), piece.fieldOrEmpty("toolCallId"), piece));
    }
  }

  private boolean resolved(String codecMessageId, Piece answer) {
    Draft draft = byId.get(codecMessageId);
    UiPart.Tool tool = draft == null ? null : draft.tool(answer.fieldOrEmpty("toolCallId"));
    if (draft == null || tool == null) {
      return false;
    }
    Map<String, @Nullable Object> data = JsonTree.asObject(answer.data());
    draft.replace(
        switch (answer.kind()) {
          case "tool-result" -> tool.withOutput(data == null ? null : data.get("output"), null);
          case "tool-result-error" ->
              tool.withError(
                  data == null ? "" : JsonTree.textOrEmpty(data.get("message")), tool.input());
          default -> decided(tool, Boolean.TRUE.equals(answer.flag("approved")), answer);
        });
    return true;
  }

  private static UiPart.Tool decided(UiPart.Tool tool, boolean approved, Piece answer) {
    UiPart.Approval asked = tool.approval();
    return approved
        ? tool.withApproval(
            UiPart.ToolState.APPROVAL_RESPONDED,
            new UiPart.Approval(asked == null ? "" : asked.id(), true, answer.field("reason")))
        : tool.withApproval(UiPart.ToolState.OUTPUT_DENIED, new UiPart.Approval("", false, null));
  }

  // --- what the agent wrote ---

  private void addOutput(Piece piece) {
    if (piece.stream() != StreamStatus.NONE || piece.kind().equals("tool-input")) {
      makeUpBegin(piece.codecMessageId());
    }
    switch (piece.kind()) {
      case "text" -> draft(piece.codecMessageId()).add(new UiPart.Text(piece.text()));
      case "reasoning" -> draft(piece.codecMessageId()).add(new UiPart.Reasoning(piece.text()));
      case "tool-input" -> addToolInput(piece);
      case "start" -> {
        Draft draft = draft(piece.codecMessageId());
        String id = piece.field("messageId");
        draft.id = id == null ? draft.id : id;
        metadata(draft, piece);
      }
      case "start-step" -> {
        stepBegun = true;
        draft(piece.codecMessageId()).add(new UiPart.StepStart());
      }
      case "finish-step", "error", "abort" -> stepBegun = false;
      case "finish" -> {
        stepBegun = false;
        metadata(byId.get(piece.codecMessageId()), piece);
      }
      case "message-metadata" -> metadata(byId.get(piece.codecMessageId()), piece);
      case "tool-input-error" -> addToolInputError(piece);
      case "tool-output-available", "tool-output-error" -> addToolOutput(piece);
      case "tool-output-denied", "tool-approval-request" -> addApproval(piece);
      default -> addContent(piece);
    }
  }

  private void makeUpBegin(String codecMessageId) {
    Draft draft = draft(codecMessageId);
    if (!stepBegun) {
      stepBegun = true;
      draft.add(new UiPart.StepStart());
    }
  }

  private static void metadata(@Nullable Draft draft, Piece piece) {
    Object metadata = piece.json("messageMetadata");
    if (draft != null && metadata != null) {
      draft.metadata = metadata;
    }
  }

  private static UiPart.Tool call(Piece piece, UiPart.ToolState state, @Nullable Object input) {
    return new UiPart.Tool(
        piece.fieldOrEmpty("toolCallId"),
        piece.fieldOrEmpty("toolName"),
        Boolean.TRUE.equals(piece.flag("dynamic")),
        piece.field("title"),
        piece.flag("providerExecuted"),
        state,
        input,
        null,
        null,
        null,
        null);
  }

  private void addToolInput(Piece piece) {
    UiPart.Tool tool =
        switch (piece.stream()) {
          case NONE -> call(piece, UiPart.ToolState.INPUT_AVAILABLE, piece.data());
          case COMPLETE ->
              call(piece, UiPart.ToolState.INPUT_AVAILABLE, JsonTree.parseOrText(piece.text()));
          case STREAMING, CANCELLED ->
              call(piece, UiPart.ToolState.INPUT_STREAMING, JsonTree.parseOrNull(piece.text()));
        };
    draft(piece.codecMessageId()).add(tool);
  }

  private void addToolInputError(Piece piece) {
    Map<String, @Nullable Object> data = JsonTree.asObject(piece.data());
    String text = data == null ? "" : JsonTree.textOrEmpty(data.get("errorText"));
    Object input = data == null ? null : data.get("input");
    Draft draft = draft(piece.codecMessageId());
    UiPart.Tool known = draft.tool(piece.fieldOrEmpty("toolCallId"));
    if (known == null) {
      draft.add(call(piece, UiPart.ToolState.OUTPUT_ERROR, input).withError(text, input));
    } else {
      draft.replace(known.withError(text, input));
    }
  }

  private void addToolOutput(Piece piece) {
    String toolCallId = piece.fieldOrEmpty("toolCallId");
    Map<String, @Nullable Object> data = JsonTree.asObject(piece.data());
    for (Draft draft : drafts) {
      UiPart.Tool tool = draft.tool(toolCallId);
      if (tool != null) {
        draft.replace(
            piece.kind().equals("tool-output-available")
                ? tool.withOutput(
                    data == null ? null : data.get("output"), piece.flag("preliminary"))
                : tool.withError(
                    data == null ? "" : JsonTree.textOrEmpty(data.get("errorText")), tool.input()));
        return;
      }
    }
  }

  private void addApproval(Piece piece) {
    Draft draft = draft(piece.codecMessageId());
    UiPart.Tool tool = draft.tool(piece.fieldOrEmpty("toolCallId"));
    if (tool != null) {
      draft.replace(
          piece.kind().equals("tool-output-denied")
              ? tool.withApproval(
                  UiPart.ToolState.OUTPUT_DENIED, new UiPart.Approval("", false, null))
              : tool.withApproval(
                  UiPart.ToolState.APPROVAL_REQUESTED,
                  new UiPart.Approval(piece.fieldOrEmpty("approvalId"), null, null)));
    }
  }

  private void addContent(Piece piece) {
    switch (piece.kind()) {
      case "file" ->
          draft(piece.codecMessageId())
              .add(new UiPart.File(piece.fieldOrEmpty("mediaType"), piece.text()));
      case "source-url" ->
          draft(piece.codecMessageId())
              .add(
                  new UiPart.SourceUrl(
                      piece.fieldOrEmpty("sourceId"), piece.text(), piece.field("title")));
      case "source-document" ->
          draft(piece.codecMessageId())
              .add(
                  new UiPart.SourceDocument(
                      piece.fieldOrEmpty("sourceId"),
                      piece.fieldOrEmpty("mediaType"),
                      piece.fieldOrEmpty("title"),
                      piece.field("filename")));
      default -> {
        if (piece.kind().startsWith("data-") && !Boolean.TRUE.equals(piece.flag("transient"))) {
          addData(piece);
        }
      }
    }
  }

  private void addData(Piece piece) {
    Draft draft = draft(piece.codecMessageId());
    UiPart.Data data = new UiPart.Data(piece.kind(), piece.field("id"), piece.data());
    for (int i = 0; data.id() != null && i < draft.parts.size(); i++) {
      if (draft.parts.get(i) instanceof UiPart.Data known
          && known.type().equals(data.type())
          && data.id().equals(known.id())) {
        draft.parts.set(i, data);
        return;
      }
    }
    draft.add(data);
  }
}
