package io.holdfast.sessions;

import io.holdfast.protocol.MessageAction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One channel in memory, as a server keeps and delivers it, with switches for what goes wrong. */
final class FakeBroker {
  /** A message as the channel holds it. */
  record Held(Outgoing message, String serial, String version, @Nullable String clientId) {
    WireMessage whole() {
      boolean first = version.equals(serial);
      return new WireMessage(
          first ? MessageAction.CREATE : MessageAction.UPDATE,
          WireNames.V0_8.event(message.name()),
          message.name() != null,
          serial,
          version,
          clientId,
          message.data(),
          AiExtras.read(message.extras()));
    }
  }

  private final LinkedHashMap<String, Held> held = new LinkedHashMap<>();
  private final List<Outgoing> log = new ArrayList<>();
  private final List<FakeChannel> attached = new ArrayList<>();
  private int numbers;
  private Predicate<Outgoing> refuses = message -> false;
  private @Nullable CompletableFuture<List<Outgoing>> swallowed;
  private volatile CountDownLatch pages = new CountDownLatch(0);
  private volatile boolean busy;
  private CompletableFuture<@Nullable Void> answering = CompletableFuture.completedFuture(null);
  private CompletableFuture<@Nullable Void> room = CompletableFuture.completedFuture(null);

  /** Refuses what satisfies this from now on. */
  synchronized void refuse(Predicate<Outgoing> what) {
    refuses = what;
  }

  /** Neither takes nor answers the next publish, which is what the future gives. */
  synchronized CompletableFuture<List<Outgoing>> swallowNextPublish() {
    swallowed = new CompletableFuture<>();
    return swallowed;
  }

  /** Gives no page of history until this is done. */
  void pagesAfter(CountDownLatch latch) {
    pages = latch;
  }

  /** Whether many others write, too. */
  synchronized void busy(boolean value) {
    busy = value;
  }

  /** Answers appends from now on once this is completed; they are applied at once. */
  synchronized void answerWith(CompletableFuture<@Nullable Void> signal) {
    answering = signal;
  }

  /** Has no room for appends until this is completed. */
  synchronized void roomWith(CompletableFuture<@Nullable Void> signal) {
    room = signal;
  }

  private synchronized CompletableFuture<?> room() {
    return room;
  }

  private synchronized CompletableFuture<?> append(Outgoing message, @Nullable String clientId) {
    if (!room.isDone()) {
      return CompletableFuture.failedFuture(
          new Refusal(429, true, "no room in the test", new IllegalStateException()));
    }
    CompletableFuture<?> result = mutate(message, clientId);
    return answering.isDone() ? result : answering.thenCompose(signalled -> result);
  }

  /** Everything that was published, appended and updated, in order. */
  synchronized List<Outgoing> log() {
    return List.copyOf(log);
  }

  synchronized List<Held> held() {
    return List.copyOf(held.values());
  }

  FakeChannel channel(@Nullable String clientId) {
    return new FakeChannel(this, clientId);
  }

  private String next(String prefix) {
    return prefix + "%06d".formatted(++numbers);
  }

  private synchronized CompletableFuture<List<String>> publish(
      List<Outgoing> messages, @Nullable String clientId) {
    CompletableFuture<List<Outgoing>> swallows = swallowed;
    if (swallows != null) {
      swallowed = null;
      swallows.complete(messages);
      return new CompletableFuture<>();
    }
    if (messages.stream().anyMatch(refuses)) {
      return refused();
    }
    List<String> serials = new ArrayList<>();
    for (Outgoing message : messages) {
      log.add(message);
      String serial = next("s");
      Held one = new Held(message, serial, serial, clientId);
      if (!message.extras().containsKey("ephemeral")) {
        held.put(serial, one);
      }
      serials.add(serial);
      attached.forEach(channel -> channel.deliver(one.whole(), one));
    }
    return CompletableFuture.completedFuture(serials);
  }

  private static <T> CompletableFuture<T> refused() {
    return CompletableFuture.failedFuture(
        new Refusal(400, "refused by the test", new IllegalStateException()));
  }

  private synchronized CompletableFuture<?> mutate(Outgoing message, @Nullable String clientId) {
    String serial = String.valueOf(message.serial());
    Held known = held.get(serial);
    if (known == null || refuses.test(message)) {
      return refused();
    }
    log.add(message);
    boolean append = message.action() == MessageAction.APPEND;
    String version = next("v");
    Object data = append ? String.valueOf(known.message().data()) + message.data() : message.data();
    Outgoing whole =
        new Outgoing(MessageAction.UPDATE, known.message().name(), serial, data, message.extras());
    Held now = new Held(whole, serial, version, known.clientId());
    held.put(serial, now);
    WireMessage told =
        append
            ? new WireMessage(
                MessageAction.APPEND,
                null,
                false,
                serial,
                version,
                clientId,
                message.data(),
                AiExtras.read(message.extras()))
            : now.whole();
    attached.forEach(channel -> channel.deliver(told, now));
    return CompletableFuture.completedFuture(version);
  }

  private synchronized void attach(FakeChannel channel) {
    channel.attachedAt = numbers;
    channel.holds.clear();
    held.keySet().forEach(channel.holds::remove);
    attached.add(channel);
  }

  private synchronized void detach(FakeChannel channel) {
    attached.remove(channel);
  }

  private synchronized List<WireMessage> newestFirst(int before) {
    List<WireMessage> all = new ArrayList<>();
    for (Held one : held.values()) {
      if (Integer.parseInt(one.serial().substring(1)) <= before) {
        all.add(one.whole());
      }
    }
    return all.reversed();
  }

  /** One client's attachment. */
  static final class FakeChannel implements SessionChannel {
    private final FakeBroker broker;
    private final @Nullable String clientId;
    private final Set<String> holds = new HashSet<>();
    private int attachedAt;
    private @Nullable Listener listener;
    private int pagesRead;

    private FakeChannel(FakeBroker broker, @Nullable String clientId) {
      this.broker = broker;
      this.clientId = clientId;
    }

    /** First contact is whole, then comes what is new. */
    private void deliver(WireMessage message, Held all) {
      boolean known = !holds.add(all.serial());
      boolean whole = message.action() == MessageAction.APPEND && !known;
      if (listener != null) {
        listener.message(whole ? all.whole() : message);
      }
    }

    int pagesRead() {
      return pagesRead;
    }

    /** The connection was gone for too long, and is there again. */
    void loseContinuity() {
      loseContinuity(() -> {});
    }

    /** As the other; the listener is told of it only after more has come. */
    void loseContinuity(Runnable more) {
      if (listener != null) {
        broker.detach(this);
        broker.attach(this);
        more.run();
        listener.continuityLost("attached without what came meanwhile", true, null);
      }
    }

    /** Nothing comes any more, and nobody is told. */
    void cutOff() {
      broker.detach(this);
    }

    @Override
    public String name() {
      return "ai:test";
    }

    @Override
    public @Nullable String clientId() {
      return clientId;
    }

    @Override
    public void open(Listener given) {
      listener = given;
      broker.attach(this);
    }

    @Override
    public CompletableFuture<List<String>> publish(List<Outgoing> messages) {
      return broker.publish(messages, clientId);
    }

    @Override
    public CompletableFuture<?> append(Outgoing message) {
      return broker.append(message, clientId);
    }

    @Override
    public boolean busy() {
      return broker.busy;
    }

    @Override
    public CompletableFuture<?> room() {
      return broker.room();
    }

    @Override
    public CompletableFuture<?> update(Outgoing message) {
      return broker.mutate(message, clientId);
    }

    @Override
    public Pages history(int pageSize, boolean fromAttach) {
      List<WireMessage> all = broker.newestFirst(fromAttach ? attachedAt : Integer.MAX_VALUE);
      return new Pages() {
        private int read;

        @Override
        public boolean hasNext() {
          return read < all.size();
        }

        @Override
        public List<WireMessage> next() throws InterruptedException {
          broker.pages.await();
          pagesRead++;
          int end = Math.min(all.size(), read + pageSize);
          List<WireMessage> page = all.subList(read, end);
          read = end;
          return page;
        }
      };
    }

    @Override
    public @Nullable String unusable() {
      return null;
    }

    @Override
    public void close() {
      broker.detach(this);
    }
  }

  /** Headers of what was published, by their names on the wire. */
  static Map<String, Object> transport(Outgoing message) {
    return tier(message, "transport");
  }

  static Map<String, Object> codec(Outgoing message) {
    return tier(message, "codec");
  }

  private static Map<String, Object> tier(Outgoing message, String name) {
    Map<String, @Nullable Object> ai = JsonTree.asObject(message.extras().get("ai"));
    Map<String, @Nullable Object> tier = ai == null ? null : JsonTree.asObject(ai.get(name));
    Map<String, Object> present = new LinkedHashMap<>();
    if (tier != null) {
      tier.forEach((key, value) -> present.put(key, String.valueOf(value)));
    }
    return present;
  }
}
