package io.holdfast.client;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One page of a longer list, and the way to the next. */
public interface Page<T> {
  /** What is on this page, in the order that was asked for. */
  List<T> items();

  /** Whether there is another page. */
  boolean hasNext();

  /** Fetches the next page; empty when this is the last. */
  Optional<Page<T>> next() throws InterruptedException;

  /** Fetches the first page again; empty when the server names none. */
  Optional<Page<T>> first() throws InterruptedException;

  /**
   * The items of this page and of all that follow, fetched as they are wanted. When its thread is
   * interrupted the interrupt stays set and a {@link HoldfastException} ends the stream.
   */
  Stream<T> stream();
}
