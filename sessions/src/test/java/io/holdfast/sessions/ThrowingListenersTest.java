package io.holdfast.sessions;

import static io.holdfast.sessions.Cast.says;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an application's own code throws is its own affair, and nobody else misses anything. */
@Timeout(30)
class ThrowingListenersTest {
  private static final Runnable THROWING =
      () -> {
        throw new IllegalStateException("thrown by the test");
      };

  /** Waits without end for its first output. */
  private static final class Silent implements Iterator<UiChunk> {
    private final CountDownLatch waiting = new CountDownLatch(1);

    @Override
    public boolean hasNext() {
      waiting.countDown();
      try {
        new CountDownLatch(1).await();
        return false;
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted while waiting", e);
      }
    }

    @Override
    public UiChunk next() {
      return new UiChunk.StartStep();
    }
  }

  @Test
  void aRunIsStoppedWhateverAListenerOfItsAbortThrows() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      OpenableRun<UiChunk, UiMessage> run = agent.createRun(asked.toInvocation());
      run.start();
      run.abortSignal().onAbort(THROWING);
      Silent model = new Silent();
      Future<PipeResult> piping = cast.threads().submit(() -> run.pipe(model));
      model.waiting.await();
      asked.cancel();
      assertEquals(RunEndReason.CANCELLED, piping.get(10, TimeUnit.SECONDS).reason());
    }
  }

  @Test
  void allRunsOfASessionAreEndedWhateverAListenerOfTheirAbortThrows() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      List<ClientRun<UiMessage>> asked = new ArrayList<>();
      for (String text : List.of("one", "two")) {
        ClientRun<UiMessage> each = person.view().send(says(text));
        OpenableRun<UiChunk, UiMessage> run = agent.createRun(each.toInvocation());
        run.start();
        run.abortSignal().onAbort(THROWING);
        asked.add(each);
      }
      agent.end();
      assertEquals(
          List.of(RunStatus.CANCELLED, RunStatus.CANCELLED),
          asked.stream().map(ClientRun::status).toList());
    }
  }

  @Test
  void theOtherListenersOfAnUpdateAreTold() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      CountDownLatch told = new CountDownLatch(1);
      Subscription throwing = person.view().onUpdate(THROWING);
      Subscription counting = person.view().onUpdate(told::countDown);
      person.view().send(says("one"));
      assertTrue(told.await(10, TimeUnit.SECONDS));
      throwing.close();
      counting.close();
    }
  }

  @Test
  void anErrorEndsOneThreadAndNotWhatComesAfterIt() {
    ArrayDeque<Runnable> threads = new ArrayDeque<>();
    Dispatcher dispatcher = new Dispatcher(threads::addLast);
    AtomicBoolean told = new AtomicBoolean();
    dispatcher.post(
        () -> {
          throw new AssertionError("thrown by the test");
        });
    dispatcher.post(() -> told.set(true));
    assertThrows(AssertionError.class, () -> threads.removeFirst().run());
    threads.removeFirst().run();
    assertTrue(told.get());
  }

  @Test
  void whatAnExecutorRefusedIsRunWithTheNext() {
    ArrayDeque<Runnable> threads = new ArrayDeque<>();
    AtomicBoolean full = new AtomicBoolean(true);
    Executor executor =
        task -> {
          if (full.get()) {
            throw new RejectedExecutionException("full");
          }
          threads.addLast(task);
        };
    Dispatcher dispatcher = new Dispatcher(executor);
    List<String> told = new ArrayList<>();
    assertThrows(RejectedExecutionException.class, () -> dispatcher.post(() -> told.add("one")));
    full.set(false);
    dispatcher.post(() -> told.add("two"));
    threads.removeFirst().run();
    assertEquals(List.of("one", "two"), told);
  }
}
