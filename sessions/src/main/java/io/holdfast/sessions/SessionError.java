package io.holdfast.sessions;

import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/**
 * What can go wrong with a session. The numbers are the published package's and never change; the
 * constants' names may.
 */
public enum SessionError {
  INVALID_ARGUMENT(40003, 400, "Correct the call"),
  CANCELLED(40033, 400, "Nothing more is needed: somebody wanted it to end"),
  NOT_PERMITTED(40160, 401, "Use a key or token that may do this on the channel"),
  INTERNAL(50000, 500, "Try again, and report it if it comes again"),
  ENCODER_RECOVERY_FAILED(
      104000, 500, "Part of the answer is missing on the channel; end the run and start it again"),
  SUBSCRIPTION_FAILED(104001, 500, "Look at the cause and connect again"),
  CANCEL_LISTENER_FAILED(104002, 500, "Mend the handler that threw"),
  RUN_LIFECYCLE_FAILED(104003, 500, "Look at the cause; the run is as it was on the channel"),
  SESSION_CLOSED(104004, 400, "Open another session"),
  SEND_FAILED(104005, 500, "Look at the cause and send again"),
  CONTINUITY_LOST(104006, 500, "Messages may be missing between what is shown; load them again"),
  CHANNEL_NOT_READY(104007, 400, "Wait until the channel is attached and try again"),
  STREAM_FAILED(104008, 500, "Look at the cause; the source of the answer failed"),
  INPUT_NOT_FOUND(104010, 504, "Check the invocation's event id and channel, or wait longer"),
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
