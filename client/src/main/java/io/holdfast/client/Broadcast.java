package io.holdfast.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A feed and what is told to it. Whoever hears it registers from any thread; the loop tells. */
final class Broadcast<T> implements Feed<T> {
  /** What every feed of a client shares. */
  record Means(Executor executor, int buffer) {
    /**
     * Runs what tells somebody. An executor that has ended, as the client's own has when the client
     * is closed, is stood in for by a thread: what waits is still told, and that nothing follows.
     */
    void run(Runnable task) {
      try {
        executor.execute(task);
      } catch (RejectedExecutionException e) {
        Thread.ofVirtual().name("holdfast-listener").start(task);
      }
    }
  }

  private record Registered<T>(Predicate<? super T> filter, Receiver<T> receiver) {}

  private final Means means;
  private final List<Registered<T>> receivers = new CopyOnWriteArrayList<>();

  /** Set once, when the client is closed; whoever registers later is ended at once. */
  private volatile boolean ended;

  Broadcast(Means means) {
    this.means = means;
  }

  void emit(T item) {
    for (Registered<T> registered : receivers) {
      if (registered.filter().test(item)) {
        registered.receiver().offer(item);
      }
    }
  }

  void end() {
    ended = true;
    for (Registered<T> registered : receivers) {
      registered.receiver().end(null);
    }
    receivers.clear();
  }

  boolean heard() {
    return !receivers.isEmpty();
  }

  private void register(Predicate<? super T> filter, Receiver<T> receiver) {
    receivers.add(new Registered<>(filter, receiver));
    if (ended) {
      remove(receiver);
      receiver.end(null);
    }
  }

  private void remove(Receiver<T> receiver) {
    receivers.removeIf(registered -> registered.receiver().equals(receiver));
  }

  /** The same, of those items alone that pass. */
  Feed<T> filtered(Predicate<? super T> filter) {
    return new View(filter);
  }

  @Override
  public Subscription listen(Consumer<? super T> listener) {
    return filtered(item -> true).listen(listener);
  }

  @Override
  public Inbox<T> open() {
    return filtered(item -> true).open();
  }

  @Override
  public Flow.Publisher<T> publisher() {
    return filtered(item -> true).publisher();
  }

  private final class View implements Feed<T> {
    private final Predicate<? super T> filter;

    View(Predicate<? super T> filter) {
      this.filter = filter;
    }

    @Override
    public Subscription listen(Consumer<? super T> listener) {
      Listening<T> listening = new Listening<>(means, listener, Broadcast.this::remove);
      register(filter, listening);
      return listening;
    }

    @Override
    public Inbox<T> open() {
      QueueInbox<T> inbox = new QueueInbox<>(means.buffer(), Broadcast.this::remove);
      register(filter, inbox);
      return inbox;
    }

    @Override
    public Flow.Publisher<T> publisher() {
      return subscriber -> {
        Flowing<T> flowing = new Flowing<>(means, subscriber, Broadcast.this::remove);
        subscriber.onSubscribe(flowing);
        register(filter, flowing);
      };
    }
  }
}
