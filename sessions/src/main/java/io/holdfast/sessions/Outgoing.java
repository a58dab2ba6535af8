package io.holdfast.sessions;

import io.holdfast.protocol.MessageAction;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message that a session publishes, or text that it adds to one.
 *
 * @param name null on appends and updates, which never carry one
 * @param serial the message that is appended to or updated; null on a new one
 * @param data a text, a JSON value, or null for none
 * @param extras as a JSON tree
 */
record Outgoing(
    MessageAction action,
    @Nullable String name,
    @Nullable String serial,
    @Nullable Object data,
    Map<String, Object> extras) {

  static Outgoing create(WireEvent event, @Nullable Object data, Map<String, Object> extras) {
    return new Outgoing(MessageAction.CREATE, WireNames.V0_8.of(event), null, data, extras);
  }

  /** A message of a run's or step's life, or a cancel: headers and nothing else. */
  static Outgoing bare(WireEvent event, TransportHeaders headers) {
    return create(event, null, AiExtras.write(headers, Map.of(), false));
  }

  static Outgoing append(String serial, String text, Map<String, Object> extras) {
    return new Outgoing(MessageAction.APPEND, null, serial, text, extras);
  }

  /** The whole text of the message with this serial. */
  static Outgoing update(String serial, String text, Map<String, Object> extras) {
    return new Outgoing(MessageAction.UPDATE, null, serial, text, extras);
  }
}
