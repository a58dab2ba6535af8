package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/**
 * A request that failed, with the code that says why. Codes are those of the public catalogue, each
 * with a page in the documentation; {@link ErrorInfo#message} says what happened and what to do.
 */
public final class HoldfastException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ErrorInfo error;

  /** An exception of this error. */
  public HoldfastException(ErrorInfo error) {
    this(error, null);
  }

  /** An exception of this error, which something else caused. */
  public HoldfastException(ErrorInfo error, @Nullable Throwable cause) {
    super(error.code() + ": " + error.message(), cause);
    this.error = error;
  }

  /** What happened. */
  public ErrorInfo error() {
    return error;
  }

  /** The catalogue's number, such as 40160. */
  public int code() {
    return error.code();
  }

  /** The HTTP status that goes with the code. */
  public int statusCode() {
    return error.statusCode();
  }
}
