package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A reactive subscriber, its demand, and the items that wait for it. As {@link Listening}. */
final class Flowing<T> implements Flow.Subscription, Receiver<T>, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Flowing.class);
  private static final int TURN_MAX = 256;

  private final Broadcast.Means means;
  private final Flow.Subscriber<? super T> subscriber;
  private final Consumer<Receiver<T>> remove;

  // Guarded by this object's lock.
  private final Queue<T> waiting = new ArrayDeque<>();
  private long demand;
  private boolean scheduled;
  private boolean cancelled;
  private boolean complete;
  private @Nullable Throwable failure;

  Flowing(
      Broadcast.Means means, Flow.Subscriber<? super T> subscriber, Consumer<Receiver<T>> remove) {
    this.means = means;
    this.subscriber = subscriber;
    this.remove = remove;
  }

  @Override
  public void offer(T item) {
    synchronized (this) {
      if (cancelled || complete || failure != null) {
        return;
      }
      if (waiting.size() < means.buffer()) {
        waiting.add(item);
        schedule();
        return;
      }
      waiting.clear();
      failure = Fault.SLOW_LISTENER.exception();
      schedule();
    }
    remove.accept(this);
  }

  @Override
  public void end(@Nullable ErrorInfo error) {
    synchronized (this) {
      if (error != null) {
        failure = new HoldfastException(error);
      }
      complete = true;
      schedule();
    }
  }

  @Override
  public void request(long items) {
    synchronized (this) {
      if (items <= 0) {
        failure = new IllegalArgumentException("a subscriber requests more than 0 items (3.9)");
      } else {
        demand = demand + items < 0 ? Long.MAX_VALUE : demand + items;
      }
      schedule();
    }
  }

  @Override
  public void cancel() {
    synchronized (this) {
      cancelled = true;
      waiting.clear();
    }
    remove.accept(this);
  }

  private void schedule() {
    if (!scheduled && !cancelled) {
      scheduled = true;
      means.run(this);
    }
  }

  @Override
  public void run() {
    for (int i = 0; i < TURN_MAX; i++) {
      T item = null;
      Throwable wrong = null;
      synchronized (this) {
        if (cancelled) {
          return;
        }
        boolean drained = waiting.isEmpty();
        if (failure != null) {
          wrong = failure;
          cancelled = true;
        } else if (!drained && demand > 0) {
          item = waiting.remove();
          demand--;
        } else if (drained && complete) {
          cancelled = true;
        } else {
          scheduled = false;
          return;
        }
      }
      if (!tell(item, wrong)) {
        return;
      }
    }
    synchronized (this) {
      scheduled = false;
      schedule();
    }
  }

  private boolean tell(@Nullable T item, @Nullable Throwable wrong) {
    try {
      if (item != null) {
        subscriber.onNext(item);
        return true;
      }
      if (wrong != null) {
        subscriber.onError(wrong);
      } else {
        subscriber.onComplete();
      }
    } catch (RuntimeException | Error e) {
      // A subscriber must not throw (2.13); one that does has cancelled.
      LOG.error("A subscriber failed and is not told of anything again", e);
      cancel();
    }
    return false;
  }
}
