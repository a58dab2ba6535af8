package io.holdfast.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What is said of the messages of a channel: reactions, receipts, votes. */
public interface Annotations {
  /** Says something of a message; returns its serial. */
  PublishResult publish(String messageSerial, Annotation annotation) throws InterruptedException;

  /** As {@link #publish}, without waiting. */
  CompletableFuture<PublishResult> publishAsync(String messageSerial, Annotation annotation);

  /** Takes back what was said of a message by this client under the type and name. */
  PublishResult delete(String messageSerial, Annotation annotation) throws InterruptedException;

  /** As {@link #delete}, without waiting. */
  CompletableFuture<PublishResult> deleteAsync(String messageSerial, Annotation annotation);

  /**
   * Calls the listener with each annotation and attaches the channel, which must have the mode
   * {@link ChannelMode#ANNOTATION_SUBSCRIBE}.
   *
   * @throws HoldfastException with code 93001 when it was attached without that mode
   */
  Subscription subscribe(Consumer<? super Annotation> listener) throws InterruptedException;

  /** Single annotations as they are made and taken back. */
  Feed<Annotation> changes();

  /** What was said of a message, the oldest first. */
  Page<Annotation> get(String messageSerial, int limit) throws InterruptedException;
}
