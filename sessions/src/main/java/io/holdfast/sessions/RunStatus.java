package io.holdfast.sessions;

/** Where a run is. */
public enum RunStatus {
  /** An agent works on it, or nobody has said that none does. */
  ACTIVE,
  /** It waits for somebody's answer. */
  SUSPENDED,
  /** It is done. */
  COMPLETE,
  /** Somebody stopped it. */
  CANCELLED,
  /** Something went wrong. */
  ERROR;

  /** Whether nothing more will come of it. */
  public boolean ended() {
    return this != ACTIVE && this != SUSPENDED;
  }
}
