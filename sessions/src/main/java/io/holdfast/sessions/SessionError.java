package io.holdfast.sessions;

import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/**
 * What can go wrong with a session. The numbers are the published package's and never change; the
 * constants' names may.
 */
public enum SessionError {
  /** A call that makes no sense. */
  INVALID_ARGUMENT(40003, 400, "Correct the call"),
  /** Somebody stopped it. */
  CANCELLED(40033, 400, "Nothing more is needed: somebody wanted it to end"),
  /** The credentials do not allow it. */
  NOT_PERMITTED(40160, 401, "Use a key or token that may do this on the channel"),
  /** Nobody expected this. */
  INTERNAL(50000, 500, "Try again, and report it if it comes again"),
  /** Appends were refused and so was the whole text. */
  ENCODER_RECOVERY_FAILED(
      104000, 500, "Part of the answer is missing on the channel; end the run and start it again"),
  /** The channel cannot be attached. */
  SUBSCRIPTION_FAILED(104001, 500, "Look at the cause and connect again"),
  /** A hook of a run threw. */
  CANCEL_LISTENER_FAILED(104002, 500, "Mend the handler that threw"),
  /** A message of a run's life could not be published. */
  RUN_LIFECYCLE_FAILED(104003, 500, "Look at the cause; the run is as it was on the channel"),
  /** The session or view is closed. */
  SESSION_CLOSED(104004, 400, "Open another session"),
  /** An input or output could not be published. */
  SEND_FAILED(104005, 500, "Look at the cause and send again"),
  /** Messages may have been missed. */
  CONTINUITY_LOST(104006, 500, "Messages may be missing between what is shown; load them again"),
  /** The channel is not attached. */
  CHANNEL_NOT_READY(104007, 400, "Wait until the channel is attached and try again"),
  /** The source of an answer failed. */
  STREAM_FAILED(104008, 500, "Look at the cause; the source of the answer failed"),
  /** The input of an invocation did not come in time. */
  INPUT_NOT_FOUND(104010, 504, "Check the invocation's event id and channel, or wait longer"),
  /** History could not be read. */
  HISTORY_FAILED(104011, 500, "Look at the cause and load again");

  private final int code;
  private final int status;
  private final String advice;

  SessionError(int code, int status, String advice) {
    this.code = code;
    this.status = status;
    this.advice = advice;
  }

  /** The number that is the same for every SDK. */
  public int code() {
    return code;
  }

  /** An exception of this kind. The text says what happened, without a full stop. */
  SessionException because(String what) {
    return because(what, null);
  }

  SessionException because(String what, @Nullable Throwable cause) {
    return new SessionException(info(what), cause);
  }

  ErrorInfo info(String what) {
    return new ErrorInfo(code, status, what + ". " + advice + ".", null);
  }
}
