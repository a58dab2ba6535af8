package io.holdfast.sessions;

import io.holdfast.protocol.ErrorInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run at one moment.
 *
 * @param clientId whose run it is; empty when nobody said
 * @param invocationId the invocation that started it; empty when it is not known
 * @param error what went wrong, of a run that ended so; else null
 * @param steps the steps it has taken, in order
 */
public record RunInfo(
    String runId,
    String clientId,
    String invocationId,
    RunStatus status,
    @Nullable ErrorInfo error,
    List<StepInfo> steps) {}
