package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The three ways of hearing a feed, and their bounds. */
class FeedTest {
  private final World world = new World();
  private final Broadcast<Integer> feed = new Broadcast<>(new Broadcast.Means(world, 4));

  private static class Taker implements Flow.Subscriber<Integer> {
    final List<Object> told = new ArrayList<>();
    Flow.@Nullable Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
    }

    @Override
    public void onNext(Integer item) {
      told.add(item);
    }

    @Override
    public void onError(Throwable error) {
      told.add("error " + (error instanceof HoldfastException ours ? ours.code() : error));
    }

    @Override
    public void onComplete() {
      told.add("complete");
    }

    Flow.Subscription subscription() {
      return java.util.Objects.requireNonNull(subscription);
    }
  }

  @Test
  void aListenerThatThrowsIsToldTheNextItem() {
    List<Integer> heard = new ArrayList<>();
    feed.listen(
        item -> {
          heard.add(item);
          if (item == 1) {
            throw new IllegalStateException("a listener's own failure");
          }
        });
    feed.emit(1);
    feed.emit(2);
    world.settle();
    assertEquals(List.of(1, 2), heard);
  }

  @Test
  void aListenerThatBreaksOnAnErrorIsToldTheNextItemToo() {
    List<Integer> heard = new ArrayList<>();
    feed.listen(
        item -> {
          heard.add(item);
          if (item == 1) {
            throw new NoClassDefFoundError("a listener's own failure");
          }
        });
    feed.emit(1);
    feed.emit(2);
    world.settle();
    assertEquals(List.of(1, 2), heard);
  }

  private static void waited(CountDownLatch go) {
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatWaitsIsToldAfterTheThreadsHaveEnded() throws Exception {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    Broadcast<Integer> wide = new Broadcast<>(new Broadcast.Means(threads, 2_000));
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger heard = new AtomicInteger();
    Subscription subscription =
        wide.listen(
            item -> {
              waited(go);
              heard.incrementAndGet();
            });
    for (int i = 0; i < 1_000; i++) {
      wide.emit(i);
    }
    CompletableFuture<Void> complete = new CompletableFuture<>();
    Taker taker =
        new Taker() {
          @Override
          public void onComplete() {
            complete.complete(null);
          }
        };
    wide.publisher().subscribe(taker);
    wide.emit(1_000);
    wide.end();
    threads.shutdown();
    go.countDown();
    taker.subscription().request(1);
    complete.get(10, TimeUnit.SECONDS);
    assertEquals(List.of(1_000), taker.told);
    assertNull(subscription.ended().get(10, TimeUnit.SECONDS));
    assertEquals(1_001, heard.get());
  }

  @Test
  void aListenerIsNeverCalledWhereItIsTold() {
    List<Integer> heard = new ArrayList<>();
    feed.listen(heard::add);
    feed.emit(1);
    assertEquals(List.of(), heard);
    world.settle();
    assertEquals(List.of(1), heard);
  }

  @Test
  void aListenerFurtherBehindThanTheBoundIsEnded() {
    List<Integer> heard = new ArrayList<>();
    Subscription subscription = feed.listen(heard::add);
    for (int i = 0; i < 5; i++) {
      feed.emit(i);
    }
    world.settle();
    assertEquals(42916, subscription.ended().join().code());
    assertEquals(List.of(), heard);
    assertFalse(feed.heard());
  }

  @Test
  void aSubscriberGetsNoMoreThanItRequests() {
    Taker taker = new Taker();
    feed.publisher().subscribe(taker);
    feed.emit(1);
    feed.emit(2);
    world.settle();
    assertEquals(List.of(), taker.told);
    taker.subscription().request(1);
    world.settle();
    assertEquals(List.of(1), taker.told);
    taker.subscription().request(Long.MAX_VALUE);
    feed.emit(3);
    feed.end();
    world.settle();
    assertEquals(List.of(1, 2, 3, "complete"), taker.told);
  }

  @Test
  void aSubscriberFurtherBehindThanTheBoundGetsAnError() {
    Taker taker = new Taker();
    feed.publisher().subscribe(taker);
    for (int i = 0; i < 5; i++) {
      feed.emit(i);
    }
    world.settle();
    assertEquals(List.of("error 42916"), taker.told);
  }

  @Test
  void aSubscriberThatCancelsIsToldNothingMore() {
    Taker taker = new Taker();
    feed.publisher().subscribe(taker);
    taker.subscription().request(10);
    feed.emit(1);
    taker.subscription().cancel();
    world.settle();
    assertEquals(List.of(), taker.told);
    assertFalse(feed.heard());
  }

  @Test
  void anInboxGivesItemsUntilItIsClosed() throws Exception {
    List<Integer> taken = new ArrayList<>();
    try (Inbox<Integer> inbox = feed.open()) {
      feed.emit(1);
      feed.emit(2);
      assertEquals(1, inbox.take());
      assertEquals(Optional.of(2), inbox.poll(Duration.ZERO));
      assertEquals(Optional.empty(), inbox.poll(Duration.ofMillis(1)));
      feed.emit(3);
      feed.end();
      for (Integer item : inbox) {
        taken.add(item);
      }
    }
    assertEquals(List.of(3), taken);
    assertFalse(feed.heard());
  }

  @Test
  void whoWaitsForAnItemCanBeInterrupted() throws Exception {
    Inbox<Integer> inbox = feed.open();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    inbox.take();
                  } catch (InterruptedException e) {
                    interrupted.complete(true);
                  }
                });
    waiting.interrupt();
    assertTrue(interrupted.get(10, java.util.concurrent.TimeUnit.SECONDS));
    Thread.currentThread().interrupt();
    assertThrows(HoldfastException.class, () -> inbox.iterator().hasNext());
    assertTrue(Thread.interrupted());
  }

  @Test
  void whoComesAfterTheEndIsEndedAtOnce() {
    feed.end();
    Taker taker = new Taker();
    feed.publisher().subscribe(taker);
    assertTrue(feed.listen(item -> {}).ended().isDone());
    world.settle();
    assertEquals(List.of("complete"), taker.told);
  }
}
