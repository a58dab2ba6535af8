package io.holdfast.connections;

import io.holdfast.protocol.ErrorInfo;

/** What becomes of a connection whose credentials are looked at again. */
public sealed interface Standing {
  /** It goes on. */
  record Good() implements Standing {}

  /** Its client is asked for new credentials; meanwhile it goes on. */
  record Renew() implements Standing {}

  /** Its token no longer holds: the transport ends, and the client may come back with another. */
  record Ended(ErrorInfo error) implements Standing {}

  /** It ends. */
  record Over(ErrorInfo error) implements Standing {}
}
