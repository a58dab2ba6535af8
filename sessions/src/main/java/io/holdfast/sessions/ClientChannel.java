package io.holdfast.sessions;

import io.holdfast.client.Channel;
import io.holdfast.client.ChannelChange;
import io.holdfast.client.ChannelState;
import io.holdfast.client.HistoryQuery;
import io.holdfast.client.HoldfastException;
import io.holdfast.client.Message;
import io.holdfast.client.Operation;
import io.holdfast.client.Page;
import io.holdfast.client.RealtimeClient;
import io.holdfast.client.Subscription;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.MessageAction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A channel of a realtime client, as a session uses it. */
final class ClientChannel implements SessionChannel {
  /** What the session calls itself in the channel's {@code agent} parameter. */
  private static final String AGENT = "ai-transport-java/0.1.0";

  private static final String ANYBODY = "*";

  /** What a connection has under way without a queue before it. */
  private static final int BUSY_FRAMES = 512;

  /** What the client says of a frame that it has no room for. */
  private static final int QUEUE_FULL = 90_006;

  private final RealtimeClient client;
  private final Channel channel;
  private final ClientTimers timers;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private boolean attachedOnce;
  private volatile boolean closed;

  private ClientChannel(RealtimeClient client, Channel channel) {
    this.client = client;
    this.channel = channel;
    timers = new ClientTimers(client.scheduler());
  }

  static ClientChannel of(RealtimeClient client, String name, String adapterTag)
      throws InterruptedException {
    Channel channel = client.channel(name);
    String version = AGENT.substring(AGENT.indexOf('/'));
    channel.configure(channel.options().param("agent", AGENT + " " + adapterTag + version));
    return new ClientChannel(client, channel);
  }

  /** What a session on this channel works with. */
  <O, M> SessionCore<O, M> core(Codec<O, M> codec, SessionOptions options) {
    return new SessionCore<>(this, codec, surroundings(options), options.historyPageSize());
  }

  private Surroundings surroundings(SessionOptions options) {
    return new Surroundings(options.executor(), timers, options.random());
  }

  Channel channel() {
    return channel;
  }

  @Override
  public String name() {
    return channel.name();
  }

  @Override
  public @Nullable String clientId() {
    String clientId = client.clientId();
    return ANYBODY.equals(clientId) ? null : clientId;
  }

  @Override
  public void open(Listener listener) throws InterruptedException {
    synchronized (this) {
      attachedOnce = channel.state() == ChannelState.ATTACHED;
      subscriptions.add(channel.changes().listen(change -> changed(change, listener)));
    }
    boolean open = false;
    try {
      listen(listener);
      open = true;
    } finally {
      if (!open) {
        unsubscribe();
      }
    }
  }

  private void listen(Listener listener) throws InterruptedException {
    Subscription messages = channel.subscribe(message -> listener.message(read(message)));
    synchronized (this) {
      subscriptions.add(messages);
    }
    if (closed) {
      messages.close();
    }
    // on a thread of its own: to listen again may have to wait for the channel
    CompletableFuture<?> unused =
        messages
            .ended()
            .thenAcceptAsync(
                error -> ended(listener, messages, error),
                task -> Thread.ofVirtual().name("holdfast-session").start(task));
  }

  /** Nothing comes any more: we read too slowly, or the client was closed. */
  private void ended(Listener listener, Subscription messages, @Nullable ErrorInfo error) {
    synchronized (this) {
      subscriptions.remove(messages);
    }
    if (closed) {
      return;
    }
    if (error == null) {
      timers.end();
      listener.continuityLost("released", false, null);
      return;
    }
    HoldfastException cause = new HoldfastException(error);
    boolean again = false;
    try {
      listen(listener);
      again = true;
    } catch (HoldfastException e) {
      cause.addSuppressed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cause.addSuppressed(e);
    } finally {
      listener.continuityLost("read too slowly", again, cause);
    }
  }

  private void changed(ChannelChange change, Listener listener) {
    ChannelState now = change.current();
    boolean lost;
    synchronized (this) {
      if (closed || (!attachedOnce && now != ChannelState.ATTACHED)) {
        return;
      }
      lost =
          attachedOnce
              && (now == ChannelState.FAILED
                  || now == ChannelState.SUSPENDED
                  || now == ChannelState.DETACHED
                  || (now == ChannelState.ATTACHED && !change.resumed()));
      attachedOnce = true;
    }
    if (lost) {
      ErrorInfo reason = change.reason();
      listener.continuityLost(
          now == ChannelState.ATTACHED ? "attached anew" : now.toString(),
          now == ChannelState.ATTACHED,
          reason == null ? null : new HoldfastException(reason));
    }
  }

  private static WireMessage read(Message message) {
    Message.Version version = message.version();
    return new WireMessage(
        message.action(),
        WireNames.V0_8.event(message.name()),
        message.name() != null,
        message.serial(),
        version == null ? null : version.serial(),
        message.clientId(),
        message.data() instanceof byte[] ? null : message.data(),
        AiExtras.read(message.extras()));
  }

  private static Message write(Outgoing message) {
    return Message.builder()
        .name(message.name())
        .serial(message.serial())
        .data(message.data())
        .extras(message.extras())
        .build();
  }

  @Override
  public CompletableFuture<List<String>> publish(List<Outgoing> messages)
      throws InterruptedException {
    List<Message> all = messages.stream().map(ClientChannel::write).toList();
    return admitted(() -> channel.publishAsync(all))
        .thenApply(
            result ->
                result.serials().stream().map(serial -> serial == null ? "" : serial).toList());
  }

  @Override
  public CompletableFuture<?> update(Outgoing message) throws InterruptedException {
    return admitted(() -> channel.updateAsync(write(message), Operation.NONE));
  }

  /** Sends it once the client's queue has room for it: what was refused for that was not sent. */
  private <T> CompletableFuture<T> admitted(Supplier<CompletableFuture<T>> send)
      throws InterruptedException {
    CompletableFuture<T> sent = refusing(send.get());
    while (sent.isCompletedExceptionally()
        && sent.exceptionNow() instanceof Refusal refusal
        && refusal.forRoom()) {
      try {
        room().get();
      } catch (ExecutionException e) {
        return CompletableFuture.failedFuture(refusal);
      }
      sent = refusing(send.get());
    }
    return sent;
  }

  @Override
  public CompletableFuture<?> append(Outgoing message) {
    return refusing(channel.appendAsync(write(message), Operation.NONE));
  }

  @Override
  public boolean busy() {
    return client.queued() > BUSY_FRAMES;
  }

  @Override
  public CompletableFuture<?> room() {
    return client.room();
  }

  private static <T> CompletableFuture<T> refusing(CompletableFuture<T> future) {
    return future.exceptionallyCompose(
        failure -> {
          Throwable cause =
              failure instanceof CompletionException && failure.getCause() != null
                  ? failure.getCause()
                  : failure;
          int status = cause instanceof HoldfastException refused ? refused.statusCode() : 500;
          boolean room = cause instanceof HoldfastException refused && refused.code() == QUEUE_FULL;
          return CompletableFuture.failedFuture(
              new Refusal(status, room, String.valueOf(cause.getMessage()), cause));
        });
  }

  @Override
  public Pages history(int pageSize, boolean fromAttach) {
    HistoryQuery query =
        (fromAttach ? HistoryQuery.UNTIL_ATTACH : HistoryQuery.ALL).limit(pageSize);
    return new Pages() {
      private @Nullable Page<Message> page;
      private boolean done;

      @Override
      public boolean hasNext() {
        return !done;
      }

      @Override
      public List<WireMessage> next() throws InterruptedException {
        Page<Message> known = page;
        Page<Message> next = known == null ? channel.history(query) : known.next().orElse(null);
        page = next;
        done = next == null || !next.hasNext();
        return next == null
            ? List.of()
            : next.items().stream()
                .filter(message -> message.action() != MessageAction.META)
                .map(ClientChannel::read)
                .toList();
      }
    };
  }

  @Override
  public @Nullable String unusable() {
    ChannelState state = channel.state();
    return state == ChannelState.ATTACHED || state == ChannelState.ATTACHING
        ? null
        : state.toString();
  }

  @Override
  public void close() {
    closed = true;
    unsubscribe();
    // best effort: the session is over for us whatever becomes of it
    CompletableFuture<?> unused = channel.detachAsync();
  }

  private void unsubscribe() {
    List<Subscription> ending;
    synchronized (this) {
      ending = List.copyOf(subscriptions);
      subscriptions.clear();
    }
    ending.forEach(Subscription::close);
  }
}
