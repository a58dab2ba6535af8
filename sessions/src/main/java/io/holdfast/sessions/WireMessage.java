package io.holdfast.sessions;

import io.holdfast.protocol.MessageAction;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as sessions read it.
 *
 * @param event what it is for; null on appends, which carry no name, and on names of others
 * @param named whether it carries a name at all
 * @param serial null only on what was not published yet
 * @param version which version of the message this is; null when the server said none
 * @param clientId who published it, as the server stamped it, or null
 * @param data a text, or the value that JSON data is; null for none and for bytes
 */
record WireMessage(
    MessageAction action,
    @Nullable WireEvent event,
    boolean named,
    @Nullable String serial,
    @Nullable String version,
    @Nullable String clientId,
    @Nullable Object data,
    AiExtras extras) {

  @Nullable String header(Header header) {
    return extras.transport().get(header);
  }

  Map<String, String> codec() {
    return extras.codec();
  }

  /** What we publish, as those who get it will read it. */
  static WireMessage of(Outgoing message, @Nullable String serial, @Nullable String clientId) {
    return new WireMessage(
        message.action(),
        WireNames.V0_8.event(message.name()),
        message.name() != null,
        serial,
        serial,
        clientId,
        message.data(),
        AiExtras.read(message.extras()));
  }
}
