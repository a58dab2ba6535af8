package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A channel of a realtime client. Safe for any thread.
 *
 * <p>A publish is acknowledged once it is on disk. While the connection is away it waits in the
 * client's queue, see {@link ClientOptions#queueFrames}; one that was sent and not acknowledged is
 * sent again under its number and applied once. Publishes of one thread are applied in the order of
 * its calls. One whose thread is interrupted may still be applied.
 *
 * <p>Data that cannot be sent (see {@link Message#data}) is refused with code 40013, more than the
 * server takes at once with 40009, more than the queue holds with 90006 and while the connection is
 * closed, suspended or failed with the connection's reason.
 */
public interface Channel {
  /** The channel's name, with its qualifier if it has one. */
  String name();

  /** How it stands with the server now. */
  ChannelState state();

  /** Why it is as it is, or null. */
  @Nullable ErrorInfo reason();

  /** What was asked for last. */
  ChannelOptions options();

  /** What the attachment was granted; empty when it is not attached. */
  Set<ChannelMode> modes();

  /** The parameters that the server has taken up. */
  Map<String, String> params();

  /** Where the channel stood when this client attached to it, or null; see {@link HistoryQuery}. */
  @Nullable String attachSerial();

  /** The place of the newest thing received, or null. */
  @Nullable String channelSerial();

  /**
   * Attaches, unless it is attached, and waits until it is.
   *
   * @throws HoldfastException when the server refuses or does not answer, see {@link
   *     ClientOptions#requestTimeout}
   */
  void attach() throws InterruptedException;

  /** As {@link #attach}, without waiting. */
  CompletableFuture<Void> attachAsync();

  /** Detaches and waits until it is. Members that this client entered leave. */
  void detach() throws InterruptedException;

  /** As {@link #detach}, without waiting. */
  CompletableFuture<Void> detachAsync();

  /** Changes the options; when it is attached, waits until the server has taken them up. */
  void configure(ChannelOptions options) throws InterruptedException;

  /** As {@link #configure}, without waiting. */
  CompletableFuture<Void> configureAsync(ChannelOptions options);

  /** Its steps from state to state. */
  Feed<ChannelChange> changes();

  /** Publishes one message; see {@link Message#data} for what the data can be. */
  PublishResult publish(@Nullable String name, @Nullable Object data) throws InterruptedException;

  /** Publishes one message. */
  PublishResult publish(Message message) throws InterruptedException;

  /** Publishes several messages at once: all of them, or none. */
  PublishResult publish(List<Message> messages) throws InterruptedException;

  /** As {@link #publish(Message)}, without waiting. */
  CompletableFuture<PublishResult> publishAsync(Message message);

  /** As {@link #publish(List)}, without waiting. */
  CompletableFuture<PublishResult> publishAsync(List<Message> messages);

  /** Adds to the end of a message's text or bytes. */
  UpdateResult append(String serial, Object data) throws InterruptedException;

  /**
   * Adds the message's data to the end of the data of the message with its serial; name and extras
   * replace those that are there.
   *
   * <p>When the server lost the connection before it acknowledged an append, nobody knows whether
   * it was applied: it fails with code 80018 rather than be applied twice. What is sure then is an
   * {@link #update} with all of the data.
   */
  UpdateResult append(Message message, Operation operation) throws InterruptedException;

  /** As {@link #append(Message, Operation)}, without waiting. */
  CompletableFuture<UpdateResult> appendAsync(Message message, Operation operation);

  /** Replaces name, data and extras of the message with its serial by those that are given. */
  UpdateResult update(Message message, Operation operation) throws InterruptedException;

  /** As {@link #update}, without waiting. */
  CompletableFuture<UpdateResult> updateAsync(Message message, Operation operation);

  /** Marks the message with its serial as deleted. */
  UpdateResult delete(Message message, Operation operation) throws InterruptedException;

  /** As {@link #delete}, without waiting. */
  CompletableFuture<UpdateResult> deleteAsync(Message message, Operation operation);

  /**
   * Calls the listener with every message, see {@link Subscription}, and attaches the channel. The
   * listener is heard from before the channel is attached, so it misses nothing.
   *
   * @throws HoldfastException when it cannot be attached; nothing is subscribed then
   */
  Subscription subscribe(Consumer<? super Message> listener) throws InterruptedException;

  /** As {@link #subscribe(Consumer)}, for messages of this name. */
  Subscription subscribe(String name, Consumer<? super Message> listener)
      throws InterruptedException;

  /** Every message that arrives. Hearing it does not attach the channel. */
  Feed<Message> messages();

  /** Every message of this name that arrives. */
  Feed<Message> messages(String name);

  /**
   * Messages that were published before, each in its latest version.
   *
   * @throws HoldfastException with code 90001 when {@code untilAttach} is asked of a channel that
   *     is not attached
   */
  Page<Message> history(HistoryQuery query) throws InterruptedException;

  /** The latest version of a message. */
  Message message(String serial) throws InterruptedException;

  /** The versions of a message, the oldest first. */
  Page<Message> versions(String serial) throws InterruptedException;

  /** Who is present. */
  Presence presence();

  /** What is said of messages. */
  Annotations annotations();

  /** Maps and counters that all who are attached share. */
  LiveObjects objects();
}
