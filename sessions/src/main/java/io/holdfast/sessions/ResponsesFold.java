package io.holdfast.sessions;

import io.holdfast.sessions.Piece.StreamStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Pieces of one run or input into messages of items. */
final class ResponsesFold implements Codec.Fold<ResponsesMessage> {
  /** No item has more parts; a place beyond says nothing that could be shown. */
  private static final int PARTS_MAX = 10_000;

  private static final String DENIED = "Tool execution was not approved.";

  /** A message in the making; its items can be changed, and are found by their ids. */
  private static final class Draft {
    private final String codecMessageId;
    private final List<Map<String, @Nullable Object>> items = new ArrayList<>();
    private final Map<String, Map<String, @Nullable Object>> byId = new HashMap<>();
    private final Map<String, ResponsesMessage.ToolCall> calls = new LinkedHashMap<>();
    private Role role;

    private Draft(String codecMessageId, Role role) {
      this.codecMessageId = codecMessageId;
      this.role = role;
    }

    private void add(Map<String, @Nullable Object> item) {
      String id = JsonTree.asText(item.get("id"));
      if (id != null && byId.containsKey(id)) {
        return;
      }
      Map<String, @Nullable Object> own = new LinkedHashMap<>(item);
      items.add(own);
      if (id != null) {
        byId.put(id, own);
      }
    }

    private void answer(String callId, @Nullable Object output) {
      Map<String, @Nullable Object> item = new LinkedHashMap<>();
      item.put("type", "function_call_output");
      item.put("call_id", callId);
      item.put("output", output);
      for (int i = 0; i < items.size(); i++) {
        if ("function_call_output".equals(items.get(i).get("type"))
            && callId.equals(items.get(i).get("call_id"))) {
          items.set(i, item);
          return;
        }
      }
      items.add(item);
    }

    private void call(String callId, UnaryOperator<ResponsesMessage.ToolCall> change) {
      ResponsesMessage.ToolCall known = calls.get(callId);
      calls.put(
          callId,
          change.apply(
              known == null ? new ResponsesMessage.ToolCall(null, null, null, null, null) : known));
    }
  }

  private final Map<String, Draft> byId = new HashMap<>();
  private final List<Draft> drafts = new ArrayList<>();

  private Draft draft(String codecMessageId, Role role) {
    Draft known = byId.get(codecMessageId);
    if (known == null) {
      known = new Draft(codecMessageId, role);
      byId.put(codecMessageId, known);
      drafts.add(known);
    }
    return known;
  }

  @Override
  public void add(Piece piece) {
    if (piece.input()) {
      addInput(piece);
    } else {
      addOutput(piece);
    }
  }

  @Override
  public List<CodecMessage<ResponsesMessage>> messages() {
    List<CodecMessage<ResponsesMessage>> messages = new ArrayList<>();
    for (Draft draft : drafts) {
      List<Map<String, @Nullable Object>> items = new ArrayList<>();
      for (Map<String, @Nullable Object> item : draft.items) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(item);
        copy.computeIfPresent("content", (name, parts) -> dense(parts));
        copy.computeIfPresent("summary", (name, parts) -> dense(parts));
        items.add(copy);
      }
      messages.add(
          new CodecMessage<>(
              draft.codecMessageId, new ResponsesMessage(draft.role, items, draft.calls)));
    }
    return messages;
  }

  /** Parts up to the first that is not there yet. */
  private static Object dense(Object parts) {
    List<@Nullable Object> dense = new ArrayList<>();
    for (Object part : JsonTree.asList(parts)) {
      if (part == null) {
        break;
      }
      dense.add(part);
    }
    return dense;
  }

  // --- what people wrote ---

  private void addInput(Piece piece) {
    Map<String, @Nullable Object> data = JsonTree.asObject(piece.data());
    String callId = piece.fieldOrEmpty("call_id");
    switch (piece.kind()) {
      case "user-message" -> addUserPart(piece);
      case "tool-result" -> {
        Draft draft = draft(piece.codecMessageId(), Role.ASSISTANT);
        draft.answer(callId, data == null ? "" : data.get("output"));
        draft.call(callId, call -> with(call, call.approval(), "ok", call.reason()));
      }
      case "tool-result-error" -> {
        Draft draft = draft(piece.codecMessageId(), Role.ASSISTANT);
        draft.answer(callId, data == null ? "" : JsonTree.textOrEmpty(data.get("message")));
        draft.call(callId, call -> with(call, call.approval(), "failed", call.reason()));
      }
      case "tool-approval-response" -> addApproval(piece, callId);
      default -> {}
    }
  }

  private static ResponsesMessage.ToolCall with(
      ResponsesMessage.ToolCall call,
      @Nullable String approval,
      @Nullable String result,
      @Nullable String reason) {
    return new ResponsesMessage.ToolCall(approval, result, call.name(), call.arguments(), reason);
  }

  private void addApproval(Piece piece, String callId) {
    boolean approved = Boolean.TRUE.equals(piece.flag("approved"));
    String reason = piece.field("reason");
    Draft draft = draft(piece.codecMessageId(), Role.ASSISTANT);
    if (!approved) {
      draft.answer(callId, reason == null ? DENIED : reason);
    }
    draft.call(
        callId,
        call ->
            with(
                call,
                approved ? "approved" : "denied",
                call.result(),
                reason == null ? call.reason() : reason));
  }

  private void addUserPart(Piece piece) {
    if (!piece.fieldOrEmpty(UiWire.PART_TYPE).equals("input_text")) {
      return;
    }
    Map<String, @Nullable Object> part = new LinkedHashMap<>();
    part.put("text", piece.text());
    part.put("type", "input_text");
    Draft draft = draft(piece.codecMessageId(), piece.role());
    draft.role = piece.role();
    for (Map<String, @Nullable Object> item : draft.items) {
      if ("message".equals(item.get("type"))) {
        set(item, "content", JsonTree.asList(item.get("content")).size(), part);
        return;
      }
    }
    Map<String, @Nullable Object> item = new LinkedHashMap<>();
    item.put("type", "message");
    item.put("role", "user");
    item.put("content", List.of(part));
    draft.items.add(item);
  }

  // --- what the agent wrote ---

  private void addOutput(Piece piece) {
    Map<String, @Nullable Object> data = JsonTree.asObject(piece.data());
    Map<String, @Nullable Object> item = data == null ? null : JsonTree.asObject(data.get("item"));
    switch (piece.kind()) {
      case ResponsesWire.OUTPUT_TEXT -> addPart(piece, "message", "content", "text");
      case ResponsesWire.REFUSAL -> addPart(piece, "message", "content", "refusal");
      case ResponsesWire.REASONING_TEXT -> addPart(piece, "reasoning", "content", "text");
      case ResponsesWire.SUMMARY_TEXT -> addPart(piece, "reasoning", "summary", "text");
      case ResponsesWire.ARGUMENTS -> addCall(piece);
      case ResponsesWire.ITEM_ADDED -> {
        if (item != null) {
          draft(piece.codecMessageId(), Role.ASSISTANT).add(item);
        }
      }
      case ResponsesWire.ITEM_DONE -> finishItem(piece, item);
      case ResponsesWire.CALL_OUTPUT -> {
        if (item != null) {
          draft(piece.codecMessageId(), Role.ASSISTANT).items.add(new LinkedHashMap<>(item));
        }
      }
      case ResponsesWire.APPROVAL_REQUEST ->
          draft(piece.codecMessageId(), Role.ASSISTANT)
              .call(
                  piece.fieldOrEmpty("call_id"),
                  call ->
                      new ResponsesMessage.ToolCall(
                          "pending",
                          call.result(),
                          piece.fieldOrEmpty("name"),
                          piece.text(),
                          call.reason()));
      default -> {}
    }
  }

  /** A text that streams into one place of an item, which is made up when nobody has begun it. */
  private void addPart(Piece piece, String itemType, String list, String field) {
    String itemId = piece.field("item_id");
    if (itemId == null) {
      return;
    }
    Draft draft = draft(piece.codecMessageId(), Role.ASSISTANT);
    if (!draft.byId.containsKey(itemId)) {
      draft.add(madeUp(itemId, itemType));
    }
    Map<String, @Nullable Object> item = draft.byId.get(itemId);
    String place = list.equals("summary") ? "summary_index" : "content_index";
    Object index = piece.field(place) == null ? Long.valueOf(0) : piece.json(place);
    if (item == null
        || !itemType.equals(item.get("type"))
        || !(index instanceof Long number)
        || number < 0
        || number >= PARTS_MAX) {
      return;
    }
    Map<String, @Nullable Object> begun = JsonTree.asObject(piece.json("part"));
    Map<String, @Nullable Object> part =
        begun == null ? new LinkedHashMap<>() : new LinkedHashMap<>(begun);
    if (list.equals("summary")) {
      part.keySet().removeIf(name -> !name.equals("text"));
      part.put("type", "summary_text");
    }
    String before =
        piece.stream() == StreamStatus.COMPLETE ? "" : JsonTree.textOrEmpty(part.get(field));
    part.put(field, before + piece.text());
    set(item, list, number.intValue(), part);
  }

  private static Map<String, @Nullable Object> madeUp(String itemId, String itemType) {
    Map<String, @Nullable Object> item = new LinkedHashMap<>();
    item.put("id", itemId);
    item.put("type", itemType);
    if (itemType.equals("message")) {
      item.put("role", "assistant");
      item.put("status", "in_progress");
      item.put("content", List.of());
    } else {
      item.put("summary", List.of());
    }
    return item;
  }

  /** Puts a part into its place of a list; places before it that are empty hold null. */
  private static void set(
      Map<String, @Nullable Object> item,
      String list,
      int index,
      Map<String, @Nullable Object> part) {
    List<@Nullable Object> parts = new ArrayList<>(JsonTree.asList(item.get(list)));
    while (parts.size() <= index) {
      parts.add(null);
    }
    parts.set(index, part);
    item.put(list, parts);
  }

  private void addCall(Piece piece) {
    Map<String, @Nullable Object> item = JsonTree.asObject(piece.json("item"));
    if (item == null) {
      return;
    }
    Draft draft = draft(piece.codecMessageId(), Role.ASSISTANT);
    draft.add(item);
    Map<String, @Nullable Object> call = draft.byId.get(JsonTree.textOrEmpty(item.get("id")));
    if (call != null) {
      String before =
          piece.stream() == StreamStatus.COMPLETE
              ? ""
              : JsonTree.textOrEmpty(item.get("arguments"));
      call.put("arguments", before + piece.text());
    }
  }

  private void finishItem(Piece piece, @Nullable Map<String, @Nullable Object> done) {
    Draft draft = byId.get(piece.codecMessageId());
    String id = done == null ? null : JsonTree.asText(done.get("id"));
    Map<String, @Nullable Object> item = draft == null || id == null ? null : draft.byId.get(id);
    if (item == null
        || done == null
        || !String.valueOf(done.get("type")).equals(item.get("type"))) {
      return;
    }
    if (done.get("status") == null) {
      item.remove("status");
    } else {
      item.put("status", done.get("status"));
    }
    if (done.get("encrypted_content") instanceof String encrypted) {
      item.put("encrypted_content", encrypted);
    }
    List<? extends @Nullable Object> parts = JsonTree.asList(done.get("content"));
    List<? extends @Nullable Object> own = JsonTree.asList(item.get("content"));
    for (int i = 0; i < Math.min(parts.size(), own.size()); i++) {
      Map<String, @Nullable Object> part = JsonTree.asObject(parts.get(i));
      Map<String, @Nullable Object> known = JsonTree.asObject(own.get(i));
      if (part != null
          && known != null
          && part.get("logprobs") != null
          && ResponsesWire.OUTPUT_TEXT.equals(known.get("type"))) {
        Map<String, @Nullable Object> with = new LinkedHashMap<>(known);
        with.put("logprobs", part.get("logprobs"));
        set(item, "content", i, with);
      }
    }
  }
}
