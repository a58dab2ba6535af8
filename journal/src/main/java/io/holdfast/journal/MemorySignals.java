package io.holdfast.journal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The memory twin of signals: one endpoint of a {@link MemoryHub}, which holds the others. */
public final class MemorySignals implements Signals, AutoCloseable {
  /** As NATS servers let through that are set up as we recommend. */
  private static final int LARGEST = 8 << 20;

  private final MemoryHub hub;
  private final String name;
  private final MemoryEngine engine;

  // Guarded by the hub.
  final Map<MemorySignals, Queue<Runnable>> arriving = new LinkedHashMap<>();
  private final Map<String, Set<Listening>> listenings = new HashMap<>();
  private final Map<String, Set<Answering>> answerings = new HashMap<>();
  private final Set<Asked> asked = new LinkedHashSet<>();
  private boolean gone;

  private volatile boolean cut;

  MemorySignals(MemoryHub hub, String name, Executor executor) {
    this.hub = hub;
    this.name = name;
    this.engine = new MemoryEngine(executor, () -> {}, _ -> {});
  }

  String name() {
    return name;
  }

  boolean isCut() {
    return cut;
  }

  void run(Runnable step) {
    engine.run(step);
  }

  // Fault switches.

  /** Neither what this one sends nor what is sent to it arrives, not even from itself. */
  public void cut(boolean now) {
    cut = now;
  }

  /** Ends as a killed process does: it hears nothing more, and no future of it completes. */
  public void crash() {
    leave();
    engine.crash();
  }

  @Override
  public void send(String topic, byte[] bytes) {
    Signals.check(topic, bytes, LARGEST);
    if (hasLeft()) {
      return;
    }
    for (MemorySignals to : hub.members()) {
      hub.pass(this, to, topic, () -> to.heard(topic, bytes));
    }
  }

  private void heard(String topic, byte[] bytes) {
    of(listenings, topic).stream()
        .filter(listening -> !listening.ended)
        .forEach(listening -> listening.listener.accept(bytes));
  }

  @Override
  public Journal.Subscription listen(String topic, Consumer<byte[]> listener) {
    return new Listening(topic, listener).begun();
  }

  @Override
  public CompletableFuture<byte @Nullable []> ask(String topic, byte[] question, long patience) {
    Signals.check(topic, question, LARGEST);
    Asked waiting = new Asked();
    List<MemorySignals> answerers =
        hub.members().stream().filter(to -> !of(to.answerings, topic).isEmpty()).toList();
    boolean nobody;
    synchronized (hub) {
      nobody = gone || answerers.isEmpty();
      asked.add(waiting);
    }
    if (nobody) {
      run(() -> answered(waiting, null));
      return waiting.answer;
    }
    for (MemorySignals to : answerers) {
      hub.pass(this, to, topic, () -> to.questioned(this, topic, question, waiting));
    }
    hub.after(patience, () -> run(() -> answered(waiting, null)));
    return waiting.answer;
  }

  private void answered(Asked waiting, byte @Nullable [] bytes) {
    synchronized (hub) {
      asked.remove(waiting);
    }
    waiting.answer.complete(bytes);
  }

  private void questioned(MemorySignals from, String topic, byte[] question, Asked waiting) {
    for (Answering answering : of(answerings, topic)) {
      var _ =
          answering
              .ask(question)
              .whenComplete(
                  (bytes, failure) -> {
                    byte[] reply = failure != null || bytes.length > LARGEST ? null : bytes;
                    hub.pass(this, from, topic, () -> from.answered(waiting, reply));
                  });
    }
  }

  @Override
  public Journal.Subscription answer(String topic, Answerer answerer) {
    return new Answering(topic, answerer).begun();
  }

  @Override
  public int largest() {
    return LARGEST;
  }

  /** Hears no more; what it has asked is answered with none. */
  @Override
  public void close() {
    for (Asked waiting : leave()) {
      run(() -> answered(waiting, null));
    }
  }

  private boolean hasLeft() {
    synchronized (hub) {
      return gone;
    }
  }

  private List<Asked> leave() {
    synchronized (hub) {
      gone = true;
      listenings.clear();
      answerings.clear();
      hub.leave(this);
      return new ArrayList<>(asked);
    }
  }

  private <T> List<T> of(Map<String, Set<T>> subscriptions, String topic) {
    synchronized (hub) {
      return List.copyOf(subscriptions.getOrDefault(topic, Set.of()));
    }
  }

  private <T extends Journal.Subscription> T begin(
      Map<String, Set<T>> subscriptions, String topic, T subscription) {
    Signals.check(topic);
    synchronized (hub) {
      if (!gone) {
        subscriptions.computeIfAbsent(topic, _ -> new LinkedHashSet<>()).add(subscription);
      }
    }
    return subscription;
  }

  private <T> void end(Map<String, Set<T>> subscriptions, String topic, T subscription) {
    synchronized (hub) {
      Set<T> all = subscriptions.get(topic);
      if (all != null && all.remove(subscription) && all.isEmpty()) {
        subscriptions.remove(topic);
      }
    }
  }

  /** A question of this one's that waits for its answer. */
  private static final class Asked {
    final CompletableFuture<byte @Nullable []> answer = new CompletableFuture<>();
  }

  private final class Listening implements Journal.Subscription {
    private final String topic;
    private final Consumer<byte[]> listener;
    private volatile boolean ended;

    Listening(String topic, Consumer<byte[]> listener) {
      this.topic = topic;
      this.listener = listener;
    }

    Listening begun() {
      return begin(listenings, topic, this);
    }

    @Override
    public void close() {
      ended = true;
      end(listenings, topic, this);
    }
  }

  private final class Answering implements Journal.Subscription {
    private final String topic;
    private final Answerer answerer;

    Answering(String topic, Answerer answerer) {
      this.topic = topic;
      this.answerer = answerer;
    }

    Answering begun() {
      return begin(answerings, topic, this);
    }

    CompletableFuture<byte[]> ask(byte[] question) {
      try {
        return answerer.answer(question);
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public void close() {
      end(answerings, topic, this);
    }
  }
}
