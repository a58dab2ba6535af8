package io.holdfast.server;

import io.holdfast.connections.Access;
import io.holdfast.connections.ConnectRequest;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/** Reads what a client asks for in its query; what is not known is passed over. */
final class ConnectParams {

  private ConnectParams() {}

  /** What a query comes to. */
  sealed interface Reading {
    record Ok(ConnectRequest request) implements Reading {}

    record Refused(ErrorInfo error) implements Reading {}
  }

  /**
   * Reads it.
   *
   * @param oldest the oldest version that is spoken
   */
  static Reading read(Target target, Access access, int oldest) {
    if (!spoken(target.param("v"), oldest)) {
      return new Reading.Refused(ErrorCode.UNSUPPORTED_PROTOCOL.info());
    }
    int rollup =
        ms(
            target.param("appendRollupWindow"),
            ConnectRequest.DEFAULT_ROLLUP_WINDOW,
            ConnectRequest.MAX_ROLLUP_WINDOW);
    if (rollup < 0) {
      return refused("appendRollupWindow", ConnectRequest.MAX_ROLLUP_WINDOW);
    }
    int remain =
        ms(
            target.param("remainPresentFor"),
            ConnectRequest.MAX_REMAIN_PRESENT,
            ConnectRequest.MAX_REMAIN_PRESENT);
    if (remain < 0) {
      return refused("remainPresentFor", ConnectRequest.MAX_REMAIN_PRESENT);
    }
    return new Reading.Ok(
        new ConnectRequest(
            access,
            !"false".equals(target.param("echo")),
            // Who does not say may be unable to see pings, so only a plain no does without frames.
            !"false".equals(target.param("heartbeats")),
            target.param("resume"),
            target.param("recover"),
            rollup,
            remain));
  }

  private static Reading refused(String param, int max) {
    return new Reading.Refused(
        ErrorCode.BAD_PARAMETER.info(param + " must be from 0 to " + max + " ms"));
  }

  private static boolean spoken(@Nullable String version, int oldest) {
    try {
      return version == null || Double.parseDouble(version) >= oldest;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static int ms(@Nullable String text, int standard, int max) {
    if (text == null) {
      return standard;
    }
    try {
      int ms = Integer.parseInt(text);
      return ms > max ? -1 : ms;
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
