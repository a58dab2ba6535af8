package io.holdfast.sessions;

/** Where a run is. */
public enum RunStatus {
  ACTIVE,
  /** It waits for somebody's answer. */
  SUSPENDED,
  COMPLETE,
  CANCELLED,
  ERROR;

  /** Whether nothing more will come of it. */
  public boolean ended() {
    return this != ACTIVE && this != SUSPENDED;
  }
}
