package io.holdfast.channels;

/**
 * Names an attachment on its channel: a connection may attach to one channel by several names.
 *
 * @param name as in {@link View}
 */
public record Seat(String connectionId, String name) {}
