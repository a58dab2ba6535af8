package io.holdfast.sessions;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Who is told of one kind of event. */
final class Listeners<E> {
  private final CopyOnWriteArrayList<Consumer<E>> consumers = new CopyOnWriteArrayList<>();
  private final Dispatcher dispatcher;

  Listeners(Dispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  Subscription add(Consumer<E> consumer) {
    consumers.add(consumer);
    return () -> consumers.remove(consumer);
  }

  boolean isEmpty() {
    return consumers.isEmpty();
  }

  /** Tells everybody, in order and soon. */
  void tell(E event) {
    for (Consumer<E> consumer : consumers) {
      dispatcher.postEvent(() -> consumer.accept(event));
    }
  }

  /** Tells that something is different: once for as many changes as there are until it is heard. */
  static final class Changes {
    private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean pending = new AtomicBoolean();
    private final Dispatcher dispatcher;

    Changes(Dispatcher dispatcher) {
      this.dispatcher = dispatcher;
    }

    Subscription add(Runnable listener) {
      listeners.add(listener);
      return () -> listeners.remove(listener);
    }

    void tell() {
      if (!listeners.isEmpty() && pending.compareAndSet(false, true)) {
        dispatcher.post(
            () -> {
              pending.set(false);
              listeners.forEach(Dispatcher::runAlone);
            });
      }
    }

    void clear() {
      listeners.clear();
    }
  }
}
