package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A message on the wire (TM2). Absent fields are null, an absent timestamp is 0.
 *
 * @param encoding the steps a client must undo, without the {@code base64} step: bytes are held raw
 *     and the step is put back when JSON is written
 * @param connectionKey on publish only: publish as that connection
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
    @Nullable Version version) {}
