package io.holdfast.server;

import io.holdfast.protocol.ErrorInfo;

/** A request that is answered with an error; ends its handling wherever it stands. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ErrorInfo error;

  Refusal(ErrorInfo error) {
    // What a client did wrong has no stack worth the time to take it.
    super(error.message(), null, false, false);
    this.error = error;
  }

  ErrorInfo error() {
    return error;
  }
}
