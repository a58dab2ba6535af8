package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Which version of a message this is (TM2s).
 *
 * @param serial orders the versions of one message as a string; greater than the message's serial
 *     for all but the first; null when sent by a client
 * @param timestamp when this version was made, ms since the epoch; 0 when absent
 * @param clientId who made it, if known
 * @param description the operation's description, if given
 * @param metadata the operation's metadata as JSON object text, if given
 */
public record Version(
    @Nullable String serial,
    long timestamp,
    @Nullable String clientId,
    @Nullable String description,
    @Nullable String metadata) {}
