package io.holdfast.connections;

import io.holdfast.protocol.ErrorInfo;

/** Judges the token of an AUTH frame. */
public interface Reauthentication {
  Outcome authenticate(String accessToken);

  /** What came of it. */
  sealed interface Outcome {
    record Granted(Access access) implements Outcome {}

    record Refused(ErrorInfo error) implements Outcome {}
  }
}
