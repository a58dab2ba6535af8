package io.holdfast.sessions;

import static io.holdfast.sessions.Cast.says;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an application's own code throws is its own affair, and nobody else misses anything. */
@Timeout(30)
class ThrowingListenersTest {
  private static void fails() {
    throw new IllegalStateException("thrown by the test");
  }

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
      OpenableRun<UiChunk, UiMessage> run = Cast.started(agent, asked);
      run.abortSignal().onAbort(ThrowingListenersTest::fails);
      Silent model = new Silent();
      Future<PipeResult> piping = cast.threads().submit(() -> run.pipe(model));
      model.waiting.await();
      asked.cancel();
      assertEquals(RunEndReason.CANCELLED, piping.get(10, TimeUnit.SECONDS).reason());
    }
  }

  @Test
  void aRunIsStoppedWhateverItsLastWordsThrow() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      BlockingQueue<ErrorInfo> told = new LinkedBlockingQueue<>();
      RunHooks<UiChunk> hooks =
          RunHooks.<UiChunk>none().onCancelled(writer -> fails()).onError(told::add);
      OpenableRun<UiChunk, UiMessage> run =
          cast.agent().createRun(asked.toInvocation(), RunIdentity.NEW, hooks);
      run.start();
      Silent model = new Silent();
      Iterator<UiChunk> begun = Cast.text("half").subList(0, 2).iterator();
      Iterator<UiChunk> outputs =
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return begun.hasNext() || model.hasNext();
            }

            @Override
            public UiChunk next() {
              return begun.next();
            }
          };
      Future<PipeResult> piping = cast.threads().submit(() -> run.pipe(outputs));
      model.waiting.await();
      asked.cancel();
      run.end(piping.get(10, TimeUnit.SECONDS));
      assertEquals(RunStatus.CANCELLED, asked.status());
      assertEquals(104002, told.take().code());
      assertEquals(
          List.of("cancelled"),
          cast.broker.held().stream()
              .map(held -> FakeBroker.transport(held.message()))
              .filter(headers -> headers.containsKey("status"))
              .map(headers -> headers.get("status"))
              .toList());
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
        run.abortSignal().onAbort(ThrowingListenersTest::fails);
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
      Subscription throwing = person.view().onUpdate(ThrowingListenersTest::fails);
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
