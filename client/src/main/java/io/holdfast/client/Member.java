package io.holdfast.client;

import io.holdfast.protocol.PresenceAction;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Somebody present on a channel, or what has just happened to them (TP).
 *
 * @param action of a list, {@code PRESENT}; of a feed, what happened
 * @param clientId who
 * @param connectionId by which connection; one client may be present by several
 * @param data what they say of themselves, as {@link Message#data}
 * @param timestamp when they last said so
 */
public record Member(
    PresenceAction action,
    @Nullable String id,
    String clientId,
    String connectionId,
    @Nullable Object data,
    @Nullable String encoding,
    Map<String, @Nullable Object> extras,
    @Nullable Instant timestamp) {
  /** Keeps the extras from being changed through it. */
  public Member {
    extras = Collections.unmodifiableMap(extras);
  }

  /** The data if it is text, else null. */
  public @Nullable String text() {
    return data instanceof String text ? text : null;
  }

  /** The same with another action. */
  Member with(PresenceAction other) {
    return new Member(other, id, clientId, connectionId, data, encoding, extras, timestamp);
  }
}
