package io.holdfast.sessions;

import static io.holdfast.sessions.Cast.SOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.MessageAction;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a stream's text goes out while the channel answers late, has no room, or refuses. */
@Timeout(30)
class GrowingTextTest {
  private static final Map<String, Object> EXTRAS = Map.of("of", "the text");
  private static final Map<String, Object> LAST = Map.of("of", "its end");

  private final FakeBroker broker = new FakeBroker();
  private final FakeBroker.FakeChannel channel = broker.channel("bot");
  private final CompletableFuture<@Nullable Void> signal = new CompletableFuture<>();
  private GrowingText text = new GrowingText(channel, "", EXTRAS);

  @BeforeEach
  void create() throws Exception {
    Outgoing message = Outgoing.create(WireEvent.OUTPUT, "", EXTRAS);
    String serial = channel.publish(List.of(message)).get().getFirst();
    text = new GrowingText(channel, serial, EXTRAS);
  }

  private List<@Nullable Object> appended() {
    return broker.log().stream()
        .filter(message -> message.action() == MessageAction.APPEND)
        .<@Nullable Object>map(Outgoing::data)
        .toList();
  }

  private void add(int from, int to) throws InterruptedException {
    for (int i = from; i < to; i++) {
      text.add(i + " ");
    }
  }

  @Test
  void whatIsAnsweredAtOnceGoesPieceByPiece() throws Exception {
    add(0, 20);
    text.settle();
    assertEquals(20, appended().size());
  }

  @Test
  void someGoAheadOfTheirAnswersAndTheRestGoesAsOne() throws Exception {
    broker.answerWith(signal);
    add(0, 12);
    assertEquals(List.of("0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "6 ", "7 "), appended());
    signal.complete(null);
    text.settle();
    assertEquals(9, appended().size());
    assertEquals("8 9 10 11 ", appended().getLast());
  }

  @Test
  void onABusyConnectionOneGoesAheadAndTheRestIsGathered() throws Exception {
    broker.busy(true);
    broker.answerWith(signal);
    add(0, 5);
    assertEquals(List.of("0 "), appended());
    signal.complete(null);
    text.settle();
    assertEquals(List.of("0 ", "1 2 3 4 "), appended());
  }

  @Test
  void theEndComesAfterAllThatWasGathered() throws Exception {
    broker.busy(true);
    broker.answerWith(signal);
    add(0, 3);
    Future<?> ended = ending();
    assertEquals(List.of("0 "), appended());
    signal.complete(null);
    assertDone(ended);
    text.settle();
    assertEquals(List.of("0 ", "1 2 ", ""), appended());
    assertEquals(LAST, broker.log().getLast().extras());
  }

  @Test
  void whatThereIsNoRoomForIsSentOnceThereIs() throws Exception {
    broker.roomWith(signal);
    add(0, 3);
    Future<?> ended = ending();
    assertEquals(List.of(), appended());
    signal.complete(null);
    assertDone(ended);
    text.settle();
    assertEquals(List.of("0 1 2 ", ""), appended());
    assertFalse(text.refused());
  }

  @Test
  void anEndThatThereIsNoRoomForIsSentOnceThereIs() throws Exception {
    add(0, 1);
    broker.roomWith(signal);
    Future<?> ended = ending();
    signal.complete(null);
    assertDone(ended);
    assertEquals(List.of("0 ", ""), appended());
  }

  @Test
  void whoWritesMoreThanCanBeGatheredWaits() throws Exception {
    broker.roomWith(signal);
    text.add("x".repeat(16_000));
    Future<?> added =
        CompletableFuture.runAsync(
            () -> {
              try {
                text.add("y".repeat(1_000));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertFalse(added.isDone());
    signal.complete(null);
    assertDone(added);
    text.settle();
    assertEquals(List.of("x".repeat(16_000), "y".repeat(1_000)), appended());
  }

  @Test
  void whatWasRefusedIsToldUntilItIsMended() throws Exception {
    broker.refuse(message -> "1 ".equals(message.data()));
    add(0, 3);
    assertTrue(text.refused());
    text.drop();
    text.mended();
    assertFalse(text.refused());
    assertEquals(List.of("0 ", "2 "), appended());
  }

  @Test
  void whatIsDroppedIsNotSentAfterTheAnswers() throws Exception {
    broker.busy(true);
    broker.answerWith(signal);
    add(0, 3);
    CompletableFuture<Void> dropped =
        CompletableFuture.runAsync(
            () -> {
              try {
                text.drop();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    while (text.gathers()) {
      Thread.onSpinWait();
    }
    signal.complete(null);
    assertDone(dropped);
    text.settle();
    assertEquals(List.of("0 "), appended());
  }

  private CompletableFuture<Void> ending() {
    return CompletableFuture.runAsync(
        () -> {
          try {
            text.end(LAST);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void assertDone(Future<?> future) throws Exception {
    Object unused = future.get(SOON.toSeconds(), TimeUnit.SECONDS);
  }
}
