package io.holdfast.sessions;

import org.jspecify.annotations.Nullable;

/**
 * How a stream ended that was piped into a run.
 *
 * @param reason complete when its source was used up, cancelled when the run was, else error
 * @param error what went wrong; null unless the reason is error
 */
public record PipeResult(RunEndReason reason, @Nullable SessionException error) {}
