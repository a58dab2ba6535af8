package io.holdfast.server;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import org.jspecify.annotations.Nullable;

/** The rules of who may be called what. */
final class ClientIds {
  private static final int MAX_LENGTH = 1_024;

  private ClientIds() {}

  /** What is wrong with a client id that somebody gave; null when nothing is. */
  static @Nullable ErrorInfo fault(@Nullable String clientId) {
    if (clientId == null) {
      return null;
    }
    if (clientId.isEmpty()) {
      return ErrorCode.INVALID_CLIENT_ID.info("it is empty");
    }
    return clientId.length() > MAX_LENGTH
        ? ErrorCode.INVALID_CLIENT_ID.info("it is longer than " + MAX_LENGTH + " characters")
        : null;
  }

  /** Whether who was granted one client id ({@code *} any, null none) may claim another. */
  static boolean compatible(@Nullable String granted, @Nullable String claimed) {
    return claimed == null || claimed.equals(granted) || Principal.ANY_CLIENT.equals(granted);
  }

  /** The client id of who was granted one and claims another that is compatible. */
  static @Nullable String resolved(@Nullable String granted, @Nullable String claimed) {
    return claimed == null ? granted : claimed;
  }
}
