package io.holdfast.bench;

/** A run that cannot be reported: a refused publish, a lost connection, a process that died. */
final class LoadFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LoadFailure(String message) {
    super(message);
  }

  LoadFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
