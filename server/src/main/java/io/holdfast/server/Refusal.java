package io.holdfast.server;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;

/** A request that is answered with an error; ends its handling wherever it stands. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final long RESTART = 5_000;
  private static final long ROOM = 10_000;

  private final transient ErrorInfo error;

  Refusal(ErrorInfo error) {
    // What a client did wrong has no stack worth the time to take it.
    super(error.message(), null, false, false);
    this.error = error;
  }

  /** The server takes no more: one that takes its place has to start first. */
  static ErrorInfo stopping() {
    return ErrorCode.UNAVAILABLE.info("the server is stopping").after(RESTART);
  }

  /** Until somebody has made room on the disk. */
  static ErrorInfo full() {
    return ErrorCode.UNAVAILABLE.info("too little disk space is free").after(ROOM);
  }

  ErrorInfo error() {
    return error;
  }
}
