package io.holdfast.sessions;

import org.jspecify.annotations.Nullable;

/**
 * Ids that are known before a run is opened, where several processes work on one run.
 *
 * @param runId null to have one made
 * @param invocationId null to have one made
 */
public record RunIdentity(@Nullable String runId, @Nullable String invocationId) {
  /** Ids of the session's making. */
  public static final RunIdentity NEW = new RunIdentity(null, null);

  /** Refuses empty ids. */
  public RunIdentity {
    if ("".equals(runId) || "".equals(invocationId)) {
      throw SessionError.INVALID_ARGUMENT.because("An id of a run is empty");
    }
  }
}
