package io.holdfast.sessions;

import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/** Something about a session went wrong. {@link #error} has the code and says what to do. */
public final class SessionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ErrorInfo error;

  SessionException(ErrorInfo error, @Nullable Throwable cause) {
    super(error.message() + " (" + error.code() + ")", cause);
    this.error = error;
  }

  /** The code, what happened and what to do. */
  public ErrorInfo error() {
    return error;
  }

  /** The error's number. */
  public int code() {
    return error.code();
  }
}
