package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An inbox as a queue. A lock rather than a monitor, since virtual threads wait here. */
final class QueueInbox<T> implements Inbox<T>, Receiver<T> {
  private final int buffer;
  private final Consumer<Receiver<T>> remove;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private final Queue<T> waiting = new ArrayDeque<>();
  private boolean closed;

  /** Told once what waits has been taken. */
  private @Nullable ErrorInfo error;

  QueueInbox(int buffer, Consumer<Receiver<T>> remove) {
    this.buffer = buffer;
    this.remove = remove;
  }

  @Override
  public void offer(T item) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (waiting.size() < buffer) {
        waiting.add(item);
        changed.signal();
        return;
      }
      closed = true;
      error = Fault.SLOW_LISTENER.info();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    remove.accept(this);
  }

  @Override
  public T take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        T item = waiting.poll();
        if (item != null) {
          return item;
        }
        if (closed) {
          throw new HoldfastException(error == null ? Fault.CLOSED.info() : error);
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<T> poll(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        T item = waiting.poll();
        if (item != null) {
          return Optional.of(item);
        }
        if (closed) {
          throw new HoldfastException(error == null ? Fault.CLOSED.info() : error);
        }
        if (left <= 0) {
          return Optional.empty();
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether another item came; waits for it. */
  private @Nullable T nextOrEnd() {
    try {
      return take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HoldfastException(Fault.INTERRUPTED.info(), e);
    } catch (HoldfastException e) {
      if (e.code() == Fault.CLOSED.info().code()) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public Iterator<T> iterator() {
    return new Iterator<>() {
      private @Nullable T next;

      @Override
      public boolean hasNext() {
        if (next == null) {
          next = nextOrEnd();
        }
        return next != null;
      }

      @Override
      public T next() {
        T item = next == null ? nextOrEnd() : next;
        next = null;
        if (item == null) {
          throw new NoSuchElementException("the inbox is closed");
        }
        return item;
      }
    };
  }

  @Override
  public void end(@Nullable ErrorInfo reason) {
    lock.lock();
    try {
      closed = true;
      error = error == null ? reason : error;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    remove.accept(this);
    lock.lock();
    try {
      waiting.clear();
    } finally {
      lock.unlock();
    }
    end(null);
  }
}
