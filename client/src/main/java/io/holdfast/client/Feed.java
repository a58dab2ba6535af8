package io.holdfast.client;

import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * Something that happens again and again, to be heard in the way that suits: by a listener, by a
 * thread that takes items, or by a reactive subscriber. Hearing it does not attach a channel. Each
 * way hears everything from when it was set up, in order, in a queue of its own with a bound of
 * {@link ClientOptions#subscriptionBuffer} items.
 */
public interface Feed<T> {
  /** Calls the listener on the client's executor, see {@link Subscription}. */
  Subscription listen(Consumer<? super T> listener);

  /** Opens an inbox to take items from, see {@link Inbox}. To be closed after use. */
  Inbox<T> open();

  /**
   * The same as a publisher: each of its subscribers hears what happens from when it subscribed and
   * gets no more than it requests. One for whom more than the bound waits gets {@code onError} with
   * code 42916; when the client is closed or the channel released, {@code onComplete}.
   */
  Flow.Publisher<T> publisher();
}
