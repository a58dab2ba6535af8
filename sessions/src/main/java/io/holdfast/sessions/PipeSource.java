package io.holdfast.sessions;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Where outputs come from, one after the other, whatever form they come in. */
interface PipeSource<O> extends Iterator<O>, AutoCloseable {
  /** Ends it, also from another thread. */
  @Override
  void close();

  /** Closes it where this throws: whoever makes the answer is not to go on with it for nobody. */
  default void closeUnless(Runnable mayBePiped) {
    boolean piped = false;
    try {
      mayBePiped.run();
      piped = true;
    } finally {
      if (!piped) {
        close();
      }
    }
  }

  /** An iterator, which may block; {@code close} is called once it is not needed any more. */
  static <O> PipeSource<O> of(Iterator<? extends O> outputs, Runnable close) {
    return new PipeSource<>() {
      @Override
      public boolean hasNext() {
        return outputs.hasNext();
      }

      @Override
      public O next() {
        return outputs.next();
      }

      @Override
      public void close() {
        close.run();
      }
    };
  }

  /** A publisher, asked for at most 256 outputs that were not written yet. */
  static <O> PipeSource<O> of(Flow.Publisher<? extends O> publisher) {
    Requested<O> source = new Requested<>();
    publisher.subscribe(source);
    return source;
  }

  /** What a publisher gives, waiting to be taken. */
  final class Requested<O> implements PipeSource<O>, Flow.Subscriber<O> {
    private static final int WAITING_MAX = 256;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<O> waiting = new ArrayDeque<>();
    private Flow.@Nullable Subscription subscription;
    private @Nullable Throwable failure;
    private boolean done;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      boolean closed;
      lock.lock();
      try {
        subscription = given;
        closed = done;
      } finally {
        lock.unlock();
      }
      if (closed) {
        given.cancel();
      } else {
        given.request(WAITING_MAX);
      }
    }

    @Override
    public void onNext(O output) {
      change(() -> waiting.addLast(output));
    }

    @Override
    public void onError(Throwable error) {
      change(
          () -> {
            failure = error;
            done = true;
          });
    }

    @Override
    public void onComplete() {
      change(() -> done = true);
    }

    private void change(Runnable task) {
      lock.lock();
      try {
        task.run();
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public boolean hasNext() {
      lock.lock();
      try {
        while (waiting.isEmpty() && !done) {
          changed.await();
        }
        if (!waiting.isEmpty()) {
          return true;
        }
        if (failure != null) {
          throw SessionError.STREAM_FAILED.because("The publisher of outputs failed", failure);
        }
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw SessionError.CANCELLED.because("Waiting for an output was interrupted", e);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public O next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the publisher is done");
      }
      O output;
      Flow.@Nullable Subscription more;
      lock.lock();
      try {
        output = waiting.removeFirst();
        more = done ? null : subscription;
      } finally {
        lock.unlock();
      }
      // not under the lock: a publisher may hold one of its own while it hands something over
      if (more != null) {
        more.request(1);
      }
      return output;
    }

    @Override
    public void close() {
      Flow.@Nullable Subscription given;
      lock.lock();
      try {
        done = true;
        given = subscription;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      if (given != null) {
        given.cancel();
      }
    }
  }
}
