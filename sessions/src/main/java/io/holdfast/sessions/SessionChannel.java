package io.holdfast.sessions;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a session needs of its channel. Calls of one thread go out in the order of the calls. */
interface SessionChannel {
  /** Who hears what happens on the channel. Called in its order, one call at a time. */
  interface Listener {
    void message(WireMessage message);

    /**
     * Messages may have been missed.
     *
     * @param state what the channel is now
     * @param attached whether messages come again
     * @param cause why, if known
     */
    void continuityLost(String state, boolean attached, @Nullable Throwable cause);
  }

  /** History, backwards. */
  interface Pages {
    boolean hasNext();

    /** The next page, the newest message first; blocks. */
    List<WireMessage> next() throws InterruptedException;
  }

  String name();

  /** Who we are on the channel; null when nobody in particular. */
  @Nullable String clientId();

  /** Listens and attaches; blocks until messages come. */
  void open(Listener listener) throws InterruptedException;

  /**
   * Publishes as one; gives each message's serial, or fails with a {@link Refusal}. Blocks while
   * there is no {@link #room}, as {@link #update} does.
   */
  CompletableFuture<List<String>> publish(List<Outgoing> messages) throws InterruptedException;

  CompletableFuture<?> update(Outgoing message) throws InterruptedException;

  /**
   * Never blocks. What there is no room for was refused by the time this returns, and not sent; see
   * {@link Refusal#forRoom}.
   */
  CompletableFuture<?> append(Outgoing message);

  /** Whether more waits to be answered than a few streams have under way. */
  boolean busy();

  /** Completes once there is room again for what waits to be sent. */
  CompletableFuture<?> room();

  /**
   * What is on the channel; nothing is asked for yet.
   *
   * @param fromAttach whether to begin where the channel was attached, what came since being known;
   *     else at the newest message
   */
  Pages history(int pageSize, boolean fromAttach);

  /** Null while messages can be sent, else what the channel is. */
  @Nullable String unusable();

  /** Stops listening and detaches, as far as that can be done at once. */
  void close();
}
