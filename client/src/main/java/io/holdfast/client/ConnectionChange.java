package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One step of a connection. Where {@code previous} equals {@code current}, the connection stayed
 * {@link ConnectionState#CONNECTED} and something about it changed: new credentials, new limits.
 *
 * @param reason why, or null when it needs no reason
 * @param retryIn how long until the next attempt, or null when there will be none by itself
 */
public record ConnectionChange(
    ConnectionState previous,
    ConnectionState current,
    @Nullable ErrorInfo reason,
    @Nullable Duration retryIn) {}
