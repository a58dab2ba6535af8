package io.holdfast.sessions;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One wire message of a conversation in its newest version, as a codec folds it into messages.
 *
 * @param input whether people wrote it; else an agent did
 * @param kind the codec's word for what it is; empty when there is none
 * @param fields the codec's headers by name, without {@code kind}
 * @param stream how far a stream is, or {@code NONE} for what came at once
 * @param data of a stream the text so far; else a text, a JSON value, or null
 * @param codecMessageId the message it belongs to
 */
public record Piece(
    boolean input,
    String kind,
    Map<String, String> fields,
    StreamStatus stream,
    @Nullable Object data,
    String codecMessageId,
    Role role) {

  /** How far a stream is. */
  public enum StreamStatus {
    /** It is no stream. */
    NONE,
    /** More may come. */
    STREAMING,
    /** It is whole. */
    COMPLETE,
    /** It was stopped. */
    CANCELLED
  }

  /** The data when it is a text, else the empty text. */
  public String text() {
    return data instanceof String text ? text : "";
  }

  /** The field, or null when it is not there. */
  public @Nullable String field(String name) {
    return fields.get(name);
  }

  String fieldOrEmpty(String name) {
    return fields.getOrDefault(name, "");
  }

  /** Whether the field says true; null when it is not there. */
  @Nullable Boolean flag(String name) {
    String value = fields.get(name);
    return value == null ? null : value.equals("true");
  }

  /** The field's JSON value, or null when it is not there or no JSON. */
  @Nullable Object json(String name) {
    return JsonTree.parseOrNull(fields.get(name));
  }
}
