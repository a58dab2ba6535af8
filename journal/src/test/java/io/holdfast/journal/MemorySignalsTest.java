package io.holdfast.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MemorySignalsTest {
  abstract static class OnAHub extends SignalsContract {
    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
    private final MemoryHub hub = new MemoryHub(executor(timers), this::after);

    abstract Executor executor(ScheduledExecutorService thread);

    private void after(long ms, Runnable task) {
      var _ = timers.schedule(task, ms, TimeUnit.MILLISECONDS);
    }

    @Override
    protected Signals open(int number) {
      return hub.join("node" + number);
    }

    @Override
    protected void close(Signals signals) {
      ((MemorySignals) signals).close();
    }

    @AfterEach
    void stop() {
      timers.shutdownNow();
    }
  }

  @Nested
  class OnTheCallersThread extends OnAHub {
    @Override
    Executor executor(ScheduledExecutorService thread) {
      return Runnable::run;
    }
  }

  @Nested
  class OnAThread extends OnAHub {
    @Override
    Executor executor(ScheduledExecutorService thread) {
      return thread;
    }
  }

  private final List<Runnable> tasks = new ArrayList<>();
  private final ArrayDeque<Runnable> later = new ArrayDeque<>();
  private final MemoryHub hub = new MemoryHub(tasks::add, (_, task) -> later.add(task));
  private final MemorySignals a = hub.join("a");
  private final MemorySignals b = hub.join("b");
  private final List<String> heard = new ArrayList<>();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void hear(MemorySignals at) {
    var _ = at.listen("t", bytes -> heard.add(new String(bytes, StandardCharsets.UTF_8)));
  }

  private void runAll() {
    while (!tasks.isEmpty()) {
      tasks.removeFirst().run();
    }
  }

  @Test
  void nothingArrivesUntilTheExecutorRunsIt() {
    hear(b);
    a.send("t", bytes("x"));
    assertTrue(heard.isEmpty());
    runAll();
    assertEquals(List.of("x"), heard);
  }

  @Test
  void anExecutorThatMixesItsTasksMixesNoOrder() {
    hear(b);
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sent.add("m" + i);
      a.send("t", bytes("m" + i));
    }
    Collections.shuffle(tasks, new Random(1));
    runAll();
    assertEquals(sent, heard);
  }

  @Test
  void whatIsDroppedIsLostAndTheRestIsNot() {
    hear(a);
    hear(b);
    hub.drop(passing -> passing.equals(new MemoryHub.Passing("a", "b", "t")));
    a.send("t", bytes("to itself"));
    b.send("t", bytes("to both"));
    runAll();
    assertEquals(List.of("to itself", "to both", "to both"), heard);
  }

  @Test
  void whatIsHeldArrivesLateAndInOrder() {
    hear(b);
    hub.hold(true);
    a.send("t", bytes("1"));
    a.send("t", bytes("2"));
    runAll();
    assertTrue(heard.isEmpty());
    hub.hold(false);
    a.send("t", bytes("3"));
    runAll();
    assertEquals(List.of("1", "2", "3"), heard);
  }

  @Test
  void whoIsCutHearsNotEvenItselfAndIsMetWithSilence() {
    hear(a);
    var _ = a.answer("q", CompletableFuture::completedFuture);
    a.cut(true);
    a.send("t", bytes("lost"));
    b.send("t", bytes("lost"));
    CompletableFuture<byte @Nullable []> answer = b.ask("q", bytes(""), 1_000);
    runAll();
    assertTrue(heard.isEmpty());
    assertFalse(answer.isDone());
    later.remove().run();
    runAll();
    assertNull(answer.join());
    a.cut(false);
    b.send("t", bytes("again"));
    runAll();
    assertEquals(List.of("again"), heard);
  }

  @Test
  void whoCrashedHearsNothingIsNobodyAndIsNeverAnswered() {
    hear(b);
    var _ = a.answer("silent", _ -> new CompletableFuture<>());
    var _ = b.answer("q", CompletableFuture::completedFuture);
    CompletableFuture<byte @Nullable []> own = b.ask("silent", bytes(""), 1_000);
    a.send("t", bytes("x"));
    b.crash();
    CompletableFuture<byte @Nullable []> answer = a.ask("q", bytes(""), 1_000);
    runAll();
    assertTrue(heard.isEmpty());
    assertNull(answer.join());
    later.forEach(Runnable::run);
    runAll();
    assertFalse(own.isDone());
  }
}
