package io.holdfast.sessions;

import org.jspecify.annotations.Nullable;

/**
 * A step of a run, as its newest attempt left it.
 *
 * @param ended why the newest attempt ended; null while it has not
 * @param attempts how many attempts were seen
 * @param stepClientId for whom the newest attempt works; empty when nobody said
 */
public record StepInfo(
    String stepId, @Nullable StepEndReason ended, int attempts, String stepClientId) {}
