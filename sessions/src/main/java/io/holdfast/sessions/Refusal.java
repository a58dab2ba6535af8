package io.holdfast.sessions;

/** The channel refused something, or could not be asked. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /** With the HTTP status that goes with it. */
  Refusal(int status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** Whether somebody with more rights could do it. */
  boolean forPermission() {
    return status == 401 || status == 403;
  }
}
