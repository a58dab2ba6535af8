package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The one connection of a realtime client. Safe for any thread. */
public interface Connection {
  /** What it is doing now. */
  ConnectionState state();

  /** Why it is as it is, or null. */
  @Nullable ErrorInfo reason();

  /** The server's name for it; it stays through cuts that nothing was lost in. Null before. */
  @Nullable String id();

  /**
   * What another client needs to go on where this one is, see {@link
   * ClientOptions.Builder#recover}; null when there is no connection to go on with. It holds a
   * secret and places of channels.
   */
  @Nullable String recoveryKey();

  /** Its steps from state to state. */
  Feed<ConnectionChange> changes();

  /**
   * Connects, unless it is, and waits until it is.
   *
   * @throws HoldfastException when it fails, is closed meanwhile or is suspended
   */
  void connect() throws InterruptedException;

  /** As {@link #connect}, without waiting. */
  CompletableFuture<Void> connectAsync();

  /** Asks the server for an answer and says how long it took. */
  Duration ping() throws InterruptedException;

  /** As {@link #ping}, without waiting. */
  CompletableFuture<Duration> pingAsync();

  /** Closes the connection and waits until the server knows; presence ends at once. */
  void close() throws InterruptedException;

  /** As {@link #close}, without waiting. */
  CompletableFuture<Void> closeAsync();
}
