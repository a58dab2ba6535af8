package io.holdfast.journal;

import static io.holdfast.journal.Futures.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine must do: the sentences of {@link Signals}. */
public abstract class SignalsContract {
  private static final long LONG = 600_000;

  /** For questions that may be lost, as they reach somebody who is just going. */
  private static final long SHORT = 1_000;

  private static final String START = "start";

  /** Two of those that share an engine, {@code b} as far away as can be. */
  protected Signals a;

  protected Signals b;

  /** Opens one more. */
  protected abstract Signals open(int number);

  /** Ends one that was opened. */
  protected abstract void close(Signals signals);

  @SuppressWarnings("NullAway.Init")
  protected SignalsContract() {}

  @BeforeEach
  final void openBoth() {
    a = open(0);
    b = open(1);
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  protected static String text(byte @Nullable [] bytes) {
    return bytes == null ? "(none)" : new String(bytes, StandardCharsets.UTF_8);
  }

  /** What is heard on some topics, in the order in which it is. */
  protected static final class Ear implements Consumer<byte[]> {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Override
    public void accept(byte[] bytes) {
      heard.add(text(bytes));
    }

    public String next() throws InterruptedException {
      String next = heard.poll(20, TimeUnit.SECONDS);
      return next == null ? "(silence)" : next;
    }

    /** Engines may take a moment until one hears another: until this one does. */
    public Ear hearing(Signals from, String topic) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      do {
        assertTrue(System.nanoTime() < deadline, "never heard");
        from.send(topic, bytes("probe"));
      } while (heard.poll(50, TimeUnit.MILLISECONDS) == null);
      from.send(topic, bytes(START));
      while (!next().equals(START)) {}
      return this;
    }
  }

  private static Ear ear(Signals at, Signals from, String topic) throws InterruptedException {
    Ear ear = new Ear();
    var _ = at.listen(topic, ear);
    return ear.hearing(from, topic);
  }

  /** Has a question answered, from when the one who asks can know of it. */
  protected static void answering(
      Signals at, Signals from, String topic, Signals.Answerer answerer) {
    CompletableFuture<byte[]> known = CompletableFuture.completedFuture(bytes(START));
    var _ = at.answer(topic, q -> text(q).equals(START) ? known : answerer.answer(q));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (await(from.ask(topic, bytes(START), 1_000)) == null) {
      assertTrue(System.nanoTime() < deadline, "never answered");
    }
  }

  private static Signals.Answerer with(String answer) {
    return q -> CompletableFuture.completedFuture(bytes(answer + " to " + text(q)));
  }

  @Test
  void whatIsSentIsHeardByAllThatListenAndByTheSenderToo() throws InterruptedException {
    Ear own = ear(a, a, "t.opic");
    Ear first = ear(b, a, "t.opic");
    Ear second = ear(b, a, "t.opic");
    own.hearing(a, "t.opic");
    first.hearing(a, "t.opic");
    second.hearing(a, "t.opic");
    a.send("t.opic", bytes("news"));
    for (Ear ear : List.of(own, first, second)) {
      String heard = ear.next();
      while (heard.equals("probe") || heard.equals(START)) {
        heard = ear.next();
      }
      assertEquals("news", heard);
    }
  }

  @Test
  void whatOneSendsAndAsksArrivesInTheOrderOfTheCallsWhateverTheTopics()
      throws InterruptedException {
    Ear ear = ear(b, a, "one");
    var _ = b.listen("two", ear);
    ear.hearing(a, "two");
    answering(
        b,
        a,
        "three",
        question -> {
          ear.accept(question);
          return CompletableFuture.completedFuture(question);
        });
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      sent.add("m" + i);
      switch (i % 3) {
        case 0 -> a.send("one", bytes("m" + i));
        case 1 -> a.send("two", bytes("m" + i));
        default -> {
          var _ = a.ask("three", bytes("m" + i), LONG);
        }
      }
    }
    List<String> heard = new ArrayList<>();
    while (heard.size() < sent.size()) {
      heard.add(ear.next());
    }
    assertEquals(sent, heard);
  }

  @Test
  void otherTopicsAreNotHeardAndNoneAfterTheEnd() throws InterruptedException {
    Ear ear = new Ear();
    Journal.Subscription ended = b.listen("ended", ear);
    ear.hearing(a, "ended");
    var _ = b.listen("on", ear);
    ear.hearing(a, "on");
    ended.close();
    a.send("ended", bytes("after the end"));
    a.send("on.other", bytes("another"));
    a.send("on", bytes("heard"));
    assertEquals("heard", ear.next());
  }

  @Test
  void aQuestionIsAnswered() {
    answering(b, a, "q", with("answer"));
    assertEquals("answer to this", text(await(a.ask("q", bytes("this"), LONG))));
    answering(a, a, "own", with("own"));
    assertEquals("own to that", text(await(a.ask("own", bytes("that"), LONG))));
  }

  @Test
  void theFirstOfSeveralAnswersCounts() {
    answering(a, b, "q", _ -> new CompletableFuture<>());
    answering(b, b, "q", with("b"));
    assertEquals("b to this", text(await(b.ask("q", bytes("this"), LONG))));
  }

  @Test
  void whereNobodyAnswersThereIsNoneAtOnce() {
    assertNull(await(a.ask("nobody", bytes("there"), LONG)));
    Journal.Subscription ended = a.answer("ended", with("a"));
    while (await(a.ask("ended", bytes(""), LONG)) == null) {}
    ended.close();
    while (await(a.ask("ended", bytes(""), SHORT)) != null) {}
  }

  @Test
  void silenceIsNoneWhenThePatienceIsOver() {
    answering(b, a, "q", _ -> new CompletableFuture<>());
    assertNull(await(a.ask("q", bytes("this"), 200)));
  }

  @Test
  void whoCannotAnswerSaysSoAtOnce() {
    byte[] tooLarge = new byte[b.largest() + 1];
    answering(
        b,
        a,
        "q",
        question ->
            switch (text(question)) {
              case "fail" -> CompletableFuture.failedFuture(new IllegalStateException("meant"));
              case "large" -> CompletableFuture.completedFuture(tooLarge);
              default -> throw new IllegalStateException("meant");
            });
    assertNull(await(a.ask("q", bytes("fail"), LONG)));
    assertNull(await(a.ask("q", bytes("large"), LONG)));
    assertNull(await(a.ask("q", bytes("throw"), LONG)));
  }

  @Test
  void theLargestGoesAndWhatIsLargerIsRefused() throws InterruptedException {
    byte[] largest = new byte[a.largest()];
    BlockingQueue<Integer> sizes = new LinkedBlockingQueue<>();
    Ear ear = ear(b, a, "large");
    var _ = b.listen("large", bytes -> sizes.add(bytes.length));
    a.send("large", largest);
    ear.next();
    for (Integer size = 0; size != null && size != largest.length; ) {
      a.send("large", largest);
      size = sizes.poll(20, TimeUnit.SECONDS);
    }
    answering(b, a, "q", CompletableFuture::completedFuture);
    byte[] back = await(a.ask("q", largest, LONG));
    assertEquals(largest.length, back == null ? -1 : back.length);

    byte[] larger = new byte[a.largest() + 1];
    var refused = assertThrows(IllegalArgumentException.class, () -> a.send("large", larger));
    assertTrue(String.valueOf(refused.getMessage()).contains("at most " + a.largest()));
    assertThrows(IllegalArgumentException.class, () -> a.ask("q", larger, LONG));
  }

  @Test
  void whatIsNoTopicIsRefused() {
    for (String topic : List.of("", ".", "a.", ".a", "a..b", "a b", "a.*", ">", "a\n", "ä")) {
      assertThrows(IllegalArgumentException.class, () -> a.send(topic, bytes("")), topic);
      assertThrows(IllegalArgumentException.class, () -> a.ask(topic, bytes(""), LONG), topic);
      assertThrows(IllegalArgumentException.class, () -> a.listen(topic, _ -> {}), topic);
      assertThrows(IllegalArgumentException.class, () -> a.answer(topic, with("")), topic);
    }
  }

  @Test
  void whoHasEndedIsNobodyToTheOthersAndAsksInVain() {
    answering(b, a, "q", with("b"));
    answering(a, b, "silent", _ -> new CompletableFuture<>());
    CompletableFuture<byte @Nullable []> unanswered = b.ask("silent", bytes(""), LONG);
    close(b);
    while (await(a.ask("q", bytes("this"), SHORT)) != null) {}
    assertNull(await(unanswered));
    assertNull(await(b.ask("silent", bytes(""), LONG)));
    b.send("silent", bytes("into the void"));
  }
}
