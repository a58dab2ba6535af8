package io.holdfast.server;

import io.holdfast.protocol.ErrorInfo;

/** What came of credentials. */
sealed interface Authentication {
  /** They are good. */
  record Granted(Principal principal) implements Authentication {}

  /** They are not; the error is safe to show. */
  record Refused(ErrorInfo error) implements Authentication {}
}
