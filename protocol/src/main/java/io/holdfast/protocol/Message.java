package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A message on the wire (TM2). Absent fields are null, an absent timestamp is 0.
 *
 * @param encoding the steps a client must undo, without the {@code base64} step: bytes are held raw
 *     and the step is put back when JSON is written
 * @param connectionKey on publish only: publish as that connection
 * @param summary what its annotations add up to, as a JSON object; null for none
 */
public record Message(
    MessageAction action,
    @Nullable String id,
    @Nullable String name,
    @Nullable Data data,
    @Nullable String encoding,
    @Nullable String clientId,
    @Nullable String connectionId,
    @Nullable String connectionKey,
    long timestamp,
    @Nullable Extras extras,
    @Nullable String serial,
    @Nullable Version version,
    @Nullable String summary) {

  /** A message without annotations. */
  public Message(
      MessageAction action,
      @Nullable String id,
      @Nullable String name,
      @Nullable Data data,
      @Nullable String encoding,
      @Nullable String clientId,
      @Nullable String connectionId,
      @Nullable String connectionKey,
      long timestamp,
      @Nullable Extras extras,
      @Nullable String serial,
      @Nullable Version version) {
    this(
        action,
        id,
        name,
        data,
        encoding,
        clientId,
        connectionId,
        connectionKey,
        timestamp,
        extras,
        serial,
        version,
        null);
  }

  /** The same as it was created: as if nobody had made a version of it. */
  public Message withoutVersion() {
    return new Message(
        action,
        id,
        name,
        data,
        encoding,
        clientId,
        connectionId,
        connectionKey,
        timestamp,
        extras,
        serial,
        null,
        summary);
  }

  /** The same with what its annotations add up to. */
  public Message withSummary(@Nullable String other) {
    return new Message(
        action,
        id,
        name,
        data,
        encoding,
        clientId,
        connectionId,
        connectionKey,
        timestamp,
        extras,
        serial,
        version,
        other);
  }
}
