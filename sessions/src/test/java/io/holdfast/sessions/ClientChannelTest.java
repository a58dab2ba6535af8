package io.holdfast.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.Channel;
import io.holdfast.client.ChannelOptions;
import io.holdfast.client.ChannelState;
import io.holdfast.client.HoldfastException;
import io.holdfast.client.RealtimeClient;
import io.holdfast.client.Scheduler;
import io.holdfast.protocol.ErrorInfo;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a session makes of what its client's channel does, on a client that is none. */
@Timeout(30)
class ClientChannelTest {
  private static final ErrorInfo SLOW = new ErrorInfo(42916, 429, "too slow", null);

  /** A listener of the client's. */
  private static final class Heard implements io.holdfast.client.Subscription {
    private final CompletableFuture<@Nullable ErrorInfo> ended = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    @Override
    public void close() {
      closed.set(true);
    }

    @Override
    public CompletableFuture<@Nullable ErrorInfo> ended() {
      return ended;
    }
  }

  private final List<Heard> changes = new ArrayList<>();
  private final List<Heard> messages = new ArrayList<>();
  private final BlockingQueue<String> lost = new LinkedBlockingQueue<>();
  private boolean attaches = true;

  private static <T> T standIn(Class<T> type, InvocationHandler handler) {
    Object made = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    return type.cast(made);
  }

  private Object subscribe() {
    if (!attaches) {
      throw new HoldfastException(new ErrorInfo(90000, 400, "refused by the test", null));
    }
    Heard heard = new Heard();
    messages.add(heard);
    return heard;
  }

  private ClientChannel channel() throws InterruptedException {
    io.holdfast.client.Feed<?> feed =
        standIn(
            io.holdfast.client.Feed.class,
            (self, method, arguments) -> {
              Heard heard = new Heard();
              changes.add(heard);
              return heard;
            });
    Channel channel =
        standIn(
            Channel.class,
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "name" -> "ai:test";
                  case "state" -> ChannelState.ATTACHED;
                  case "options" -> ChannelOptions.DEFAULT;
                  case "configure" -> null;
                  case "changes" -> feed;
                  case "subscribe" -> subscribe();
                  case "detachAsync" -> CompletableFuture.completedFuture(null);
                  default -> throw new AssertionError(method.getName());
                });
    Scheduler silent = (delay, task) -> () -> {};
    RealtimeClient client =
        standIn(
            RealtimeClient.class,
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "channel" -> channel;
                  case "scheduler" -> silent;
                  case "clientId" -> "ada";
                  default -> throw new AssertionError(method.getName());
                });
    return ClientChannel.of(client, "ai:test", "test");
  }

  private final SessionChannel.Listener listener =
      new SessionChannel.Listener() {
        @Override
        public void message(WireMessage message) {
          throw new AssertionError("there are no messages");
        }

        @Override
        public void continuityLost(String state, boolean attached, @Nullable Throwable cause) {
          lost.add(state + ", " + (attached ? "messages come" : "nothing comes"));
        }
      };

  private @Nullable String told() throws InterruptedException {
    return lost.poll(10, TimeUnit.SECONDS);
  }

  @Test
  void whoReadTooSlowlyReadsOnAndIsToldOfTheGap() throws Exception {
    ClientChannel channel = channel();
    channel.open(listener);
    messages.getFirst().ended.complete(SLOW);
    assertEquals("read too slowly, messages come", told());
    assertEquals(2, messages.size());
    attaches = false;
    messages.getLast().ended.complete(SLOW);
    assertEquals("read too slowly, nothing comes", told());
    channel.close();
  }

  @Test
  void aChannelThatCannotBeAttachedKeepsNothingOfTheSession() throws Exception {
    attaches = false;
    ClientChannel channel = channel();
    assertThrows(HoldfastException.class, () -> channel.open(listener));
    assertTrue(changes.getFirst().closed.get());
  }

  @Test
  void nobodyWaitsForADeadlineThatEndedWithTheClient() throws Exception {
    ClientChannel channel = channel();
    channel.open(listener);
    SessionCore<UiChunk, UiMessage> core =
        channel.core(new UiMessageCodec(), SessionOptions.defaults());
    CompletableFuture<Boolean> asked = new CompletableFuture<>();
    CompletableFuture<Boolean> waiting = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                waiting.complete(
                    core.await(
                        () -> {
                          asked.complete(true);
                          return false;
                        },
                        Duration.ofHours(1)));
              } catch (InterruptedException e) {
                waiting.completeExceptionally(e);
              }
            });
    asked.get(10, TimeUnit.SECONDS);
    messages.getFirst().ended.complete(null);
    assertEquals("released, nothing comes", told());
    assertFalse(waiting.get(10, TimeUnit.SECONDS));
    assertFalse(core.await(() -> false, Duration.ofHours(1)), "nor later");
    channel.close();
  }
}
