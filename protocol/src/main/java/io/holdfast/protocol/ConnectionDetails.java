package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a client is told of its connection (CD2). Durations in ms, sizes in bytes.
 *
 * @param clientId null for an anonymous connection, {@code *} for a wildcard one
 */
public record ConnectionDetails(
    @Nullable String clientId,
    String connectionKey,
    int maxMessageSize,
    int maxFrameSize,
    int maxInboundRate,
    long connectionStateTtl,
    long maxIdleInterval,
    String serverId,
    String siteCode,
    long objectsGCGracePeriod) {}
