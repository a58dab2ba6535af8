package io.holdfast.sessions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** UI messages as JSON and back, field for field as the AI SDK has them. */
final class UiJson {
  private static final String TOOL = "tool-";
  private static final String DYNAMIC = "dynamic-tool";

  private UiJson() {}

  static Map<String, @Nullable Object> write(UiMessage message) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", message.id());
    json.put("role", message.role().wireName());
    List<@Nullable Object> parts = new ArrayList<>();
    message.parts().forEach(part -> parts.add(write(part)));
    json.put("parts", parts);
    unlessNull(json, "metadata", message.metadata());
    return json;
  }

  static Map<String, @Nullable Object> write(UiPart part) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    switch (part) {
      case UiPart.Text text -> {
        json.put("type", "text");
        json.put("text", text.text());
      }
      case UiPart.Reasoning reasoning -> {
        json.put("type", "reasoning");
        json.put("text", reasoning.text());
      }
      case UiPart.StepStart step -> json.put("type", "step-start");
      case UiPart.Tool tool -> write(tool, json);
      case UiPart.File file -> {
        json.put("type", "file");
        json.put("mediaType", file.mediaType());
        json.put("url", file.url());
      }
      case UiPart.SourceUrl source -> {
        json.put("type", "source-url");
        json.put("sourceId", source.sourceId());
        json.put("url", source.url());
        unlessNull(json, "title", source.title());
      }
      case UiPart.SourceDocument source -> {
        json.put("type", "source-document");
        json.put("sourceId", source.sourceId());
        json.put("mediaType", source.mediaType());
        json.put("title", source.title());
        unlessNull(json, "filename", source.filename());
      }
      case UiPart.Data data -> {
        json.put("type", data.type());
        unlessNull(json, "id", data.id());
        json.put("data", data.data());
      }
      case UiPart.Unknown unknown -> json.putAll(unknown.json());
    }
    return json;
  }

  private static void write(UiPart.Tool tool, Map<String, @Nullable Object> json) {
    json.put("type", tool.dynamic() ? DYNAMIC : TOOL + tool.toolName());
    if (tool.dynamic()) {
      json.put("toolName", tool.toolName());
    }
    json.put("toolCallId", tool.toolCallId());
    unlessNull(json, "title", tool.title());
    unlessNull(json, "providerExecuted", tool.providerExecuted());
    json.put("state", tool.state().wireName());
    unlessNull(json, "input", tool.input());
    if (tool.state() == UiPart.ToolState.OUTPUT_AVAILABLE) {
      json.put("output", tool.output());
    }
    unlessNull(json, "errorText", tool.errorText());
    UiPart.Approval approval = tool.approval();
    if (approval != null) {
      Map<String, @Nullable Object> answer = new LinkedHashMap<>();
      answer.put("id", approval.id());
      unlessNull(answer, "approved", approval.approved());
      unlessNull(answer, "reason", approval.reason());
      json.put("approval", answer);
    }
    unlessNull(json, "preliminary", tool.preliminary());
  }

  private static void unlessNull(
      Map<String, @Nullable Object> json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value);
    }
  }

  static UiMessage read(Map<String, @Nullable Object> json) {
    List<UiPart> parts = new ArrayList<>();
    for (Object part : JsonTree.asList(json.get("parts"))) {
      Map<String, @Nullable Object> fields = JsonTree.asObject(part);
      if (fields != null && fields.get("type") instanceof String type) {
        parts.add(readPart(type, fields));
      }
    }
    return new UiMessage(
        JsonTree.textOrEmpty(json.get("id")),
        Role.of(JsonTree.asText(json.get("role"))),
        parts,
        json.get("metadata"));
  }

  private static UiPart readPart(String type, Map<String, @Nullable Object> json) {
    return switch (type) {
      case "text" -> new UiPart.Text(JsonTree.textOrEmpty(json.get("text")));
      case "reasoning" -> new UiPart.Reasoning(JsonTree.textOrEmpty(json.get("text")));
      case "step-start" -> new UiPart.StepStart();
      case "file" ->
          new UiPart.File(
              JsonTree.textOrEmpty(json.get("mediaType")), JsonTree.textOrEmpty(json.get("url")));
      case "source-url" ->
          new UiPart.SourceUrl(
              JsonTree.textOrEmpty(json.get("sourceId")),
              JsonTree.textOrEmpty(json.get("url")),
              JsonTree.asText(json.get("title")));
      case "source-document" ->
          new UiPart.SourceDocument(
              JsonTree.textOrEmpty(json.get("sourceId")),
              JsonTree.textOrEmpty(json.get("mediaType")),
              JsonTree.textOrEmpty(json.get("title")),
              JsonTree.asText(json.get("filename")));
      default -> {
        if (type.equals(DYNAMIC) || type.startsWith(TOOL)) {
          yield readTool(type, json);
        }
        yield type.startsWith("data-")
            ? new UiPart.Data(type, JsonTree.asText(json.get("id")), json.get("data"))
            : new UiPart.Unknown(json);
      }
    };
  }

  private static UiPart.Tool readTool(String type, Map<String, @Nullable Object> json) {
    boolean dynamic = type.equals(DYNAMIC);
    Map<String, @Nullable Object> answer = JsonTree.asObject(json.get("approval"));
    UiPart.Approval approval =
        answer == null
            ? null
            : new UiPart.Approval(
                JsonTree.textOrEmpty(answer.get("id")),
                JsonTree.asBoolean(answer.get("approved")),
                JsonTree.asText(answer.get("reason")));
    return new UiPart.Tool(
        JsonTree.textOrEmpty(json.get("toolCallId")),
        dynamic ? JsonTree.textOrEmpty(json.get("toolName")) : type.substring(TOOL.length()),
        dynamic,
        JsonTree.asText(json.get("title")),
        JsonTree.asBoolean(json.get("providerExecuted")),
        UiPart.ToolState.of(JsonTree.asText(json.get("state"))),
        json.get("input"),
        json.get("output"),
        JsonTree.asText(json.get("errorText")),
        approval,
        JsonTree.asBoolean(json.get("preliminary")));
  }
}
