package io.holdfast.simulator;

import io.holdfast.protocol.MessageAction;
import org.jspecify.annotations.Nullable;

/**
 * How a message stood once.
 *
 * @param serial the version's
 * @param connectionId who made it
 */
record TrueVersion(
    String serial,
    MessageAction action,
    String text,
    @Nullable String name,
    @Nullable String extras,
    @Nullable String connectionId) {}
