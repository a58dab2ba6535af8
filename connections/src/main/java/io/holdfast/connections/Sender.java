package io.holdfast.connections;

import io.holdfast.fold.Publisher;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a frame into a channel.
 *
 * @param publisher null for REST
 * @param msgSerial the frame's number; -1 for REST
 * @param connectionId what messages are stamped with; null for REST
 * @param clientId what messages are stamped with; null for none
 * @param id names the frame: its items are {@code id:index}
 */
record Sender(
    @Nullable Publisher publisher,
    long msgSerial,
    @Nullable String connectionId,
    @Nullable String clientId,
    String id) {}
