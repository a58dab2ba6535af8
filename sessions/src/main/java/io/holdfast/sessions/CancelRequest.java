package io.holdfast.sessions;

import org.jspecify.annotations.Nullable;

/**
 * Somebody asks for a run to stop.
 *
 * @param clientId who, as the server stamped it; null when that is nobody in particular
 */
public record CancelRequest(String runId, @Nullable String clientId) {}
