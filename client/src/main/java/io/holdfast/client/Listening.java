package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener and the items that wait for it. At most one task of the executor works for it at a
 * time, so calls come in order; it gives its thread up now and then, so that a pool serves others.
 */
final class Listening<T> implements Subscription, Receiver<T>, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Listening.class);
  private static final int TURN_MAX = 256;

  private final Broadcast.Means means;
  private final Consumer<? super T> listener;
  private final Consumer<Receiver<T>> remove;
  private final CompletableFuture<@Nullable ErrorInfo> ended = new CompletableFuture<>();

  // Guarded by this object's lock, which is never held while anything else is called but
  // the executor.
  private final Queue<T> waiting = new ArrayDeque<>();
  private boolean scheduled;
  private boolean closed;

  Listening(Broadcast.Means means, Consumer<? super T> listener, Consumer<Receiver<T>> remove) {
    this.means = means;
    this.listener = listener;
    this.remove = remove;
  }

  @Override
  public void offer(T item) {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (waiting.size() < means.buffer()) {
        waiting.add(item);
        schedule();
        return;
      }
      closed = true;
      waiting.clear();
    }
    remove.accept(this);
    ended.complete(Fault.SLOW_LISTENER.info());
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      means.run(this);
    }
  }

  @Override
  public void run() {
    for (int i = 0; i < TURN_MAX; i++) {
      T item;
      synchronized (this) {
        item = waiting.poll();
        if (item == null) {
          scheduled = false;
          if (closed) {
            ended.complete(null);
          }
          return;
        }
      }
      tell(item);
    }
    synchronized (this) {
      scheduled = false;
      schedule();
    }
  }

  private void tell(T item) {
    try {
      listener.accept(item);
    } catch (RuntimeException | Error e) {
      LOG.error("A listener failed; the next item follows", e);
    }
  }

  /** What waits is still told. */
  @Override
  public void end(@Nullable ErrorInfo error) {
    boolean idle;
    synchronized (this) {
      closed = true;
      idle = !scheduled;
    }
    if (idle || error != null) {
      ended.complete(error);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      waiting.clear();
    }
    remove.accept(this);
    ended.complete(null);
  }

  @Override
  public CompletableFuture<@Nullable ErrorInfo> ended() {
    return ended.copy();
  }
}
