package io.holdfast.client;

import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;

/**
 * What a feed brings, to be taken one after another by a thread that waits for it.
 *
 * <p>At most {@link ClientOptions#subscriptionBuffer} items wait here. Whoever falls behind further
 * gets those, and then a {@link HoldfastException} with code 42916: what came after them was not
 * kept. Safe for any thread; each item is given once.
 */
public interface Inbox<T> extends AutoCloseable, Iterable<T> {
  /**
   * Waits for the next item.
   *
   * @throws HoldfastException with code 42916 when items were dropped, with 80017 when it is closed
   */
  T take() throws InterruptedException;

  /** Waits for the next item, but not longer than this; empty when none came. As {@link #take}. */
  Optional<T> poll(Duration patience) throws InterruptedException;

  /**
   * Iterates over what comes; {@code hasNext} waits, and is false once the inbox is closed. When
   * its thread is interrupted the interrupt stays set and a {@link HoldfastException} ends the
   * loop.
   */
  @Override
  Iterator<T> iterator();

  /** Ends it. Who waits for an item is told. */
  @Override
  void close();
}
