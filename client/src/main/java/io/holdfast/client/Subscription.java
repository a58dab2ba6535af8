package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A listener that is registered, until it is closed.
 *
 * <p>Calls of the listener come one at a time and in order. What arrives while it is busy waits in
 * a queue of {@link ClientOptions#subscriptionBuffer} items; a listener that falls behind further
 * is not called again, and {@link #ended} says so with code 42916. What it missed is in the
 * channel's history. An exception of the listener is logged and the next item follows.
 */
public interface Subscription extends AutoCloseable {
  /** Ends it; a call that is under way may still finish. */
  @Override
  void close();

  /**
   * Completes when it ends: with null when it was closed, with an error when the listener fell too
   * far behind.
   */
  CompletableFuture<@Nullable ErrorInfo> ended();
}
