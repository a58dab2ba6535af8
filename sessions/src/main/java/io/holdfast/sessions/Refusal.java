package io.holdfast.sessions;

/** The channel refused something, or could not be asked. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final boolean room;

  /** With the HTTP status that goes with it. */
  Refusal(int status, String message, Throwable cause) {
    this(status, false, message, cause);
  }

  /** With the HTTP status that goes with it, and whether {@link #forRoom}. */
  Refusal(int status, boolean room, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
    this.room = room;
  }

  /** Whether it would have been sent, had less been waiting to be. */
  boolean forRoom() {
    return room;
  }

  /** Whether somebody with more rights could do it. */
  boolean forPermission() {
    return status == 401 || status == 403;
  }
}
