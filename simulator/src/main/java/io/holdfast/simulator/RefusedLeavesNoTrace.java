package io.holdfast.simulator;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/** A refused frame has a cause and is not in the log. */
final class RefusedLeavesNoTrace {
  static final String NAME = "refused leaves no trace";

  private RefusedLeavesNoTrace() {}

  static void check(Operation operation, ErrorInfo error, TrueChannel truth, boolean diskWasFull) {
    if (operation.lives() == 1 && operation.idempotencyKey() == null) {
      for (String token : operation.tokens()) {
        if (truth.times(token) > 0) {
          throw new Broken(NAME, operation + " was refused and is in the log: " + error);
        }
      }
    }
    String target = operation.target();
    TrueMessage message = target == null ? null : truth.message(target);
    if (!caused(operation, error, message, diskWasFull)) {
      throw new Broken(NAME, operation + " was refused without a cause: " + error);
    }
  }

  private static boolean caused(
      Operation operation, ErrorInfo error, @Nullable TrueMessage message, boolean diskWasFull) {
    ErrorCode code = ErrorCode.of(error.code());
    if (code == ErrorCode.UNAVAILABLE) {
      return diskWasFull;
    }
    boolean change = operation.target() != null;
    if (code == ErrorCode.NOT_FOUND) {
      return change && message == null;
    }
    if (code == ErrorCode.CAPABILITY_DENIED) {
      return change && message != null && !operation.clientId().equals(message.clientId());
    }
    if (code == ErrorCode.BAD_REQUEST) {
      return message != null && message.deletedOnce();
    }
    return code == ErrorCode.MESSAGE_TOO_LARGE && change;
  }
}
