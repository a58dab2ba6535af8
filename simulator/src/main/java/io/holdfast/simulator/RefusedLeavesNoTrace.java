package io.holdfast.simulator;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/** A refused frame has a cause and is not in the log. */
final class RefusedLeavesNoTrace {
  static final String NAME = "refused leaves no trace";

  private RefusedLeavesNoTrace() {}

  static void check(
      Operation operation,
      ErrorInfo error,
      TrueChannel truth,
      Unstored unstored,
      int leastMembers,
      boolean lacked) {
    boolean denied = lacked && ErrorCode.of(error.code()) == ErrorCode.CAPABILITY_DENIED;
    if (denied && operation.sends() > 1) {
      // rights are judged first: what was taken and not answered is refused when it comes again
      return;
    }
    if (!operation.names().isEmpty() && truth.mark(operation.names().getLast()) != null) {
      throw new Broken(NAME, operation + " was refused and is applied: " + error);
    }
    if (operation.lives() == 1 && operation.idempotencyKey() == null) {
      for (String token : operation.tokens()) {
        if (truth.times(token) > 0) {
          throw new Broken(NAME, operation + " was refused and is in the log: " + error);
        }
      }
    }
    String target = operation.target();
    TrueMessage message = target == null ? null : truth.message(target);
    // with the channel it was in, since the frame was judged
    boolean gone = message == null && truth.deletedThrough() > 0;
    boolean full = truth.mostMembers() >= leastMembers;
    if (!denied && !caused(operation, error, message, unstored, full, gone)) {
      throw new Broken(NAME, operation + " was refused without a cause: " + error);
    }
  }

  private static boolean caused(
      Operation operation,
      ErrorInfo error,
      @Nullable TrueMessage message,
      Unstored unstored,
      boolean full,
      boolean gone) {
    ErrorCode code = ErrorCode.of(error.code());
    if (code == ErrorCode.UNAVAILABLE || code == ErrorCode.BUSY) {
      // or it came again when later ones had been applied
      boolean late = code == ErrorCode.BUSY && operation.sends() > 1;
      return late || unstored.has(operation);
    }
    if (code == ErrorCode.TOO_MANY_MEMBERS) {
      return full && operation.kind() == Operation.Kind.PRESENCE;
    }
    if (operation.kind() == Operation.Kind.MIXED) {
      return code == ErrorCode.BAD_REQUEST;
    }
    if (operation.kind() == Operation.Kind.OBJECTS) {
      return code == ErrorCode.INVALID_OBJECT_MESSAGE && operation.misuses();
    }
    boolean change = operation.target() != null;
    if (code == ErrorCode.NOT_FOUND) {
      return change && message == null;
    }
    if (code == ErrorCode.CAPABILITY_DENIED) {
      return change && (message == null ? gone : !operation.clientId().equals(message.clientId()));
    }
    if (code == ErrorCode.BAD_REQUEST) {
      return message == null ? gone : message.deletedOnce();
    }
    return code == ErrorCode.MESSAGE_TOO_LARGE && change;
  }
}
