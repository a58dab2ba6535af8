package io.holdfast.connections;

import io.holdfast.channels.Channels;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Message;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Publishes and changes messages for REST, by the same rules as a connection. */
public final class RestPublishing {

  public RestPublishing(
      Channels channels,
      ConnectionSettings settings,
      ChannelRules rules,
      Connections connections,
      Supplier<String> ids) {}

  /** What came of a request. Completes on a channel's lane: hand over at once. */
  public sealed interface Outcome {
    /**
     * It is in the log.
     *
     * @param messageId the id, or the base of the ids, of what was published
     * @param serials of the messages, or for a change its version's; null where no longer known
     */
    record Done(String messageId, List<@Nullable String> serials) implements Outcome {}

    record Refused(ErrorInfo error) implements Outcome {}
  }

  /** Publishes messages in one atomic batch (publish params: {@code _forceNack}). */
  public CompletableFuture<Outcome> publish(
      Access access, String channel, List<Message> messages, Map<String, String> params) {
    throw new UnsupportedOperationException();
  }

  /**
   * Updates, deletes or appends to a message: {@code change.action()} and {@code change.serial()}
   * say.
   */
  public CompletableFuture<Outcome> change(Access access, String channel, Message change) {
    throw new UnsupportedOperationException();
  }
}
