package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/** A presence message on the wire (TP3). Absent fields are null, an absent timestamp is 0. */
public record PresenceMessage(
    PresenceAction action,
    @Nullable String id,
    @Nullable String clientId,
    @Nullable String connectionId,
    @Nullable Data data,
    @Nullable String encoding,
    @Nullable Extras extras,
    long timestamp) {}
