package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/**
 * One step of a channel. Where {@code previous} equals {@code current}, the channel stayed {@link
 * ChannelState#ATTACHED} and the server attached it anew, which matters when {@code resumed} is
 * false: something may have been missed.
 *
 * @param reason why, or null when it needs no reason
 * @param resumed of a channel that is attached: whether nothing was missed since it was before
 * @param hasBacklog whether what was missed, or was asked for by a rewind, is on its way
 */
public record ChannelChange(
    ChannelState previous,
    ChannelState current,
    @Nullable ErrorInfo reason,
    boolean resumed,
    boolean hasBacklog) {}
