package io.holdfast.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is present on a channel. Whoever enters stays present while their connection lasts, across
 * cuts: the client enters them again by itself where the server has forgotten them.
 */
public interface Presence {
  /**
   * Enters as the client of the options, attaching the channel if need be.
   *
   * @throws HoldfastException with code 40012 when the client has no name, with 90001 when the
   *     channel is suspended or failed
   */
  void enter(@Nullable Object data) throws InterruptedException;

  /** As {@link #enter}, without waiting. */
  CompletableFuture<Void> enterAsync(@Nullable Object data);

  /** Changes what is said of the client; enters it if it is not present. */
  void update(@Nullable Object data) throws InterruptedException;

  /** As {@link #update}, without waiting. */
  CompletableFuture<Void> updateAsync(@Nullable Object data);

  /** Leaves. */
  void leave(@Nullable Object data) throws InterruptedException;

  /** As {@link #leave}, without waiting. */
  CompletableFuture<Void> leaveAsync(@Nullable Object data);

  /** Enters somebody else, where the credentials allow it. */
  void enterClient(String clientId, @Nullable Object data) throws InterruptedException;

  /** As {@link #enterClient}, without waiting. */
  CompletableFuture<Void> enterClientAsync(String clientId, @Nullable Object data);

  /** Changes what is said of somebody else. */
  void updateClient(String clientId, @Nullable Object data) throws InterruptedException;

  /** As {@link #updateClient}, without waiting. */
  CompletableFuture<Void> updateClientAsync(String clientId, @Nullable Object data);

  /** Takes somebody else away. */
  void leaveClient(String clientId, @Nullable Object data) throws InterruptedException;

  /** As {@link #leaveClient}, without waiting. */
  CompletableFuture<Void> leaveClientAsync(String clientId, @Nullable Object data);

  /**
   * Everybody who is present: attaches the channel if need be and waits until the list is complete.
   *
   * @throws HoldfastException with code 91005 when the channel is suspended, so that nobody can
   *     know
   */
  List<Member> get() throws InterruptedException;

  /** As {@link #get}, without waiting. */
  CompletableFuture<List<Member>> getAsync();

  /** Who is known to be present at this moment, whether that is everybody or not. */
  List<Member> known();

  /** Whether {@link #known} is everybody. */
  boolean complete();

  /** Calls the listener with what happens, see {@link Feed}, and attaches the channel. */
  Subscription subscribe(Consumer<? super Member> listener) throws InterruptedException;

  /** Who enters, updates and leaves. */
  Feed<Member> changes();

  /** Who entered, updated and left before. */
  Page<Member> history(HistoryQuery query) throws InterruptedException;
}
