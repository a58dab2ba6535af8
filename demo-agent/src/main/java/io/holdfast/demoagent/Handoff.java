package io.holdfast.demoagent;

import io.holdfast.sessions.UiChunk;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Chunks from the thread that makes them to the one that writes them, hand in hand: nothing waits
 * in between, so whoever makes them is never more than one ahead of what is published. Closing it
 * interrupts the maker.
 */
final class Handoff implements Iterator<UiChunk>, AutoCloseable {
  /** Makes chunks. */
  interface Maker {
    /** Hands over all chunks; an interrupt ends it. */
    void make(Model.Sink out) throws InterruptedException;
  }

  private sealed interface Item {
    record Chunk(UiChunk chunk) implements Item {}

    record End(@Nullable RuntimeException failure) implements Item {}
  }

  private final SynchronousQueue<Item> hands = new SynchronousQueue<>();
  private final Thread thread;
  private @Nullable Item next;

  private Handoff(Maker maker, ThreadFactory threads) {
    thread = threads.newThread(() -> work(maker));
  }

  /** Begins to make chunks. */
  static Handoff of(Maker maker, ThreadFactory threads) {
    Handoff handoff = new Handoff(maker, threads);
    handoff.thread.start();
    return handoff;
  }

  private void work(Maker maker) {
    RuntimeException failure = null;
    try {
      maker.make(chunk -> hands.put(new Item.Chunk(chunk)));
    } catch (RuntimeException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      hands.put(new Item.End(failure));
    } catch (InterruptedException e) {
      // nobody takes it any more
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean hasNext() {
    return switch (peek()) {
      case Item.Chunk chunk -> true;
      case Item.End end -> {
        if (end.failure() != null) {
          throw end.failure();
        }
        yield false;
      }
    };
  }

  private Item peek() {
    Item known = next;
    if (known != null) {
      return known;
    }
    try {
      Item taken = hands.take();
      next = taken;
      return taken;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the model", e);
    }
  }

  @Override
  public UiChunk next() {
    if (hasNext() && peek() instanceof Item.Chunk taken) {
      next = null;
      return taken.chunk();
    }
    throw new NoSuchElementException("the answer is over");
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
