package io.holdfast.fold;

import org.jspecify.annotations.Nullable;

/**
 * The client frame a part came from.
 *
 * @param publisher null for REST, which numbers nothing
 * @param msgSerial the frame's number; -1 without a publisher
 * @param idempotencyKey the base of the message ids the client gave, or null
 */
public record Origin(
    @Nullable Publisher publisher, long msgSerial, @Nullable String idempotencyKey) {
  /** A frame that nobody will ever repeat. */
  public static final Origin NONE = new Origin(null, -1, null);
}
