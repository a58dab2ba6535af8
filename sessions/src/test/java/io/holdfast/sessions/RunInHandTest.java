package io.holdfast.sessions;

import static io.holdfast.sessions.Cast.SOON;
import static io.holdfast.sessions.Cast.says;
import static io.holdfast.sessions.Cast.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.MessageAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an agent can know of a run before it starts it, and do with one that it has in hand. */
@Timeout(30)
class RunInHandTest {
  private static List<String> before(AgentRun<UiChunk, UiMessage> run) {
    return run.before().stream().map(message -> message.message().text()).toList();
  }

  @Test
  void aRunThatIsFoundAndReleasedLeavesTheChannelAsItWas() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      int published = cast.broker.log().size();
      OpenableRun<UiChunk, UiMessage> run = agent.createRun(asked.toInvocation());
      run.find(SOON);
      assertEquals(List.of("Hi"), before(run));
      run.release();
      assertEquals(published, cast.broker.log().size());
      OpenableRun<UiChunk, UiMessage> again = agent.createRun(asked.toInvocation());
      again.find(SOON);
      again.start();
      again.release();
      again.end(again.pipe(text("Hello").iterator()));
      assertEquals(RunStatus.COMPLETE, asked.status());
    }
  }

  @Test
  void aRunThatIsOnlyFoundTakesNothingFromWhoHasItInHand() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      ClientRun<UiMessage> asked = person.view().send(says("Deploy"));
      OpenableRun<UiChunk, UiMessage> first = agent.createRun(asked.toInvocation());
      first.start();
      UiChunk.ToolCall call = new UiChunk.ToolCall("c1", "deploy");
      first.pipe(
          List.of(
                  new UiChunk.ToolInputAvailable(call, List.of()),
                  (UiChunk) new UiChunk.ToolApprovalRequest("c1", "a1"))
              .iterator());
      first.suspend();
      String message = person.view().messages().getLast().codecMessageId();
      ClientRun<UiMessage> yes = person.view().approve(message, "c1", true, null);
      ClientRun<UiMessage> late = person.view().approve(message, "c1", false, null);
      OpenableRun<UiChunk, UiMessage> inHand = agent.createRun(yes.toInvocation());
      inHand.start();
      OpenableRun<UiChunk, UiMessage> other = agent.createRun(late.toInvocation());
      other.find(SOON);
      assertEquals(inHand.runId(), other.runId());
      other.release();
      CountDownLatch stopped = new CountDownLatch(1);
      inHand.abortSignal().onAbort(stopped::countDown);
      person.cancel(inHand.runId());
      assertTrue(stopped.await(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void anAgentStopsItsOwnRunAndSaysHowItEnds() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      OpenableRun<UiChunk, UiMessage> run = Cast.started(cast.agent(), asked);
      run.abort();
      assertFalse(run.hasInput());
      assertEquals(RunEndReason.CANCELLED, run.pipe(text("never").iterator()).reason());
      run.end(RunEndReason.ERROR);
      assertTrue(asked.awaitSettled(SOON));
      assertEquals(RunStatus.ERROR, asked.status());
    }
  }

  @Test
  void whatWasTakenFromTheSourceWhileTheRunWasStoppedIsWritten() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      OpenableRun<UiChunk, UiMessage> run = Cast.started(cast.agent(), asked);
      Iterator<UiChunk> chunks = text("one ", "two ", "three").iterator();
      Iterator<UiChunk> stops =
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return chunks.hasNext();
            }

            @Override
            public UiChunk next() {
              UiChunk chunk = chunks.next();
              if (chunk instanceof UiChunk.TextDelta delta && delta.delta().equals("two ")) {
                run.abort();
              }
              return chunk;
            }
          };
      assertEquals(RunEndReason.CANCELLED, run.pipe(stops).reason());
      run.end(RunEndReason.CANCELLED);
      assertTrue(asked.awaitSettled(SOON));
      assertEquals(List.of("Hi", "one two "), Cast.texts(person.view()));
    }
  }

  @Test
  void whatWasStoppedCanStillBeRead() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      OpenableRun<UiChunk, UiMessage> stopped =
          agent.createRun(person.view().send(says("One")).toInvocation());
      stopped.start();
      stopped.pipe(text("1 and").iterator());
      stopped.end(RunEndReason.CANCELLED);
      ClientRun<UiMessage> asked = person.view().send(says("Two"));
      OpenableRun<UiChunk, UiMessage> run = Cast.started(agent, asked);
      assertEquals(List.of("Two"), Cast.texts(run.view()));
      assertEquals(List.of("One", "1 and", "Two"), before(run));
      assertEquals(0, run.earlierAnswers());
      run.end(run.pipe(text("2").iterator()));
      String answer = person.view().messages().getLast().codecMessageId();
      OpenableRun<UiChunk, UiMessage> another =
          agent.createRun(person.view().regenerate(answer).toInvocation());
      another.start(Duration.ofSeconds(10));
      assertEquals(List.of("One", "1 and", "Two"), before(another));
      assertEquals(1, another.earlierAnswers());
    }
  }

  @Test
  void whatWasRefusedIsMendedBeforeTheStreamEnds() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      OpenableRun<UiChunk, UiMessage> run =
          cast.agent().createRun(person.view().send(says("Hi")).toInvocation());
      run.start();
      cast.broker.refuse(
          message -> message.action() == MessageAction.APPEND && "two ".equals(message.data()));
      run.pipe(text("one ", "two ", "three ", "four").iterator());
      List<Outgoing> writes =
          cast.broker.log().stream()
              .filter(
                  message ->
                      message.action() == MessageAction.APPEND
                          || message.action() == MessageAction.UPDATE)
              .toList();
      assertEquals(
          List.of("one ", "one two three ", "four", ""),
          writes.stream().map(Outgoing::data).toList());
      assertEquals("streaming", FakeBroker.transport(writes.get(1)).get("status"));
    }
  }

  @Test
  void whatIsSaidAfterAPieceOfTextComesAfterIt() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      OpenableRun<UiChunk, UiMessage> run =
          cast.agent().createRun(person.view().send(says("Hi")).toInvocation());
      run.start();
      CompletableFuture<@Nullable Void> answers = new CompletableFuture<>();
      cast.broker.busy(true);
      cast.broker.answerWith(answers);
      CountDownLatch said = new CountDownLatch(3);
      List<UiChunk> chunks = new ArrayList<>(text("one ", "two ", "three"));
      chunks.add(3, new UiChunk.Data("data-aside", null, "aside", false));
      Future<PipeResult> piped =
          cast.threads().submit(() -> run.pipe(chunks.stream().peek(chunk -> said.countDown())));
      assertTrue(said.await(SOON.toSeconds(), TimeUnit.SECONDS));
      answers.complete(null);
      assertEquals(RunEndReason.COMPLETE, piped.get(SOON.toSeconds(), TimeUnit.SECONDS).reason());
      List<@Nullable Object> data =
          cast.broker.log().stream().<@Nullable Object>map(Outgoing::data).toList();
      assertEquals(
          List.of("one ", "two ", "aside", "three", ""),
          data.subList(data.indexOf("one "), data.indexOf("one ") + 5));
    }
  }

  @Test
  void anEndThatCouldNotBePublishedCanBeSaidAgain() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      OpenableRun<UiChunk, UiMessage> run = Cast.started(agent, asked);
      cast.broker.refuse(message -> String.valueOf(message.name()).startsWith("ai-run-"));
      assertEquals(
          104003, assertThrows(SessionException.class, () -> run.end(RunEndReason.ERROR)).code());
      assertEquals(104003, assertThrows(SessionException.class, run::suspend).code());
      assertThrows(SessionException.class, () -> run.pipe(text("more").iterator()));
      cast.broker.refuse(message -> false);
      run.end(RunEndReason.COMPLETE);
      run.end(RunEndReason.ERROR);
      assertEquals(RunStatus.COMPLETE, asked.status());
      assertEquals(
          1, cast.broker.log().stream().filter(each -> "ai-run-end".equals(each.name())).count());
    }
  }

  @Test
  void aSourceThatCannotBePipedIsClosed() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      OpenableRun<UiChunk, UiMessage> run =
          agent.createRun(person.view().send(says("Hi")).toInvocation());
      AtomicInteger closed = new AtomicInteger();
      RunStep<UiChunk, UiMessage> step = run.createStep();
      assertThrows(SessionException.class, () -> run.pipe(counting(closed)));
      assertThrows(SessionException.class, () -> step.pipe(counting(closed)));
      run.start();
      step.start();
      assertThrows(SessionException.class, () -> run.pipe(counting(closed)));
      assertEquals(3, closed.get());
    }
  }

  private static Stream<UiChunk> counting(AtomicInteger closed) {
    return text("x").stream().onClose(closed::incrementAndGet);
  }

  /** Hands things over while it holds a lock that its subscription takes, too. */
  private static final class Locked implements Flow.Publisher<UiChunk>, Flow.Subscription {
    private final CountDownLatch handingOver = new CountDownLatch(1);
    private final CountDownLatch askedForMore = new CountDownLatch(1);
    private boolean begun;

    @Override
    public void subscribe(Flow.Subscriber<? super UiChunk> subscriber) {
      subscriber.onSubscribe(this);
      Thread.ofVirtual()
          .start(
              () -> {
                subscriber.onNext(new UiChunk.TextStart("t1"));
                synchronized (this) {
                  begun = true;
                  handingOver.countDown();
                  try {
                    askedForMore.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  subscriber.onNext(new UiChunk.TextEnd("t1"));
                  subscriber.onComplete();
                }
              });
    }

    @Override
    public void request(long many) {
      if (many > 1) {
        return;
      }
      try {
        handingOver.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      askedForMore.countDown();
      synchronized (this) {
        begun = false;
      }
    }

    @Override
    public void cancel() {
      synchronized (this) {
        begun = false;
      }
    }
  }

  @Test
  void aPublisherMayHoldALockOfItsOwn() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      OpenableRun<UiChunk, UiMessage> run =
          agent.createRun(person.view().send(says("Hi")).toInvocation());
      run.start();
      Future<PipeResult> piping = cast.threads().submit(() -> run.pipe(new Locked()));
      assertEquals(RunEndReason.COMPLETE, piping.get(10, TimeUnit.SECONDS).reason());
    }
  }

  @Test
  void anApprovalFromBeforeThePageBoundaryIsNothingToTakeUp() throws Exception {
    for (int page = 1; page <= 17; page++) {
      try (Cast cast = new Cast()) {
        ClientSession<UiMessage> person = cast.person("ada");
        AgentSession<UiChunk, UiMessage> agent = cast.agent();
        ClientRun<UiMessage> asked = person.view().send(says("Hi"));
        for (String callId : List.of("c1", "c2")) {
          OpenableRun<UiChunk, UiMessage> run = agent.createRun(asked.toInvocation());
          run.start();
          run.pipe(
              List.<UiChunk>of(
                      new UiChunk.ToolInputAvailable(new UiChunk.ToolCall(callId, "tool"), "x"),
                      new UiChunk.ToolApprovalRequest(callId, "a-" + callId))
                  .iterator());
          run.suspend();
          String last = person.view().messages().getLast().codecMessageId();
          asked = person.view().approve(last, callId, true, null);
        }
        AgentSession<UiChunk, UiMessage> other = cast.agent(cast.broker.channel("bot"), page);
        OpenableRun<UiChunk, UiMessage> run = other.createRun(asked.toInvocation());
        run.start();
        run.view().loadAll();
        assertEquals(person.view().messages(), run.view().messages(), "pages of " + page);
        assertTrue(run.hasInput());
        run.pipe(text("done").iterator());
        assertTrue(
            cast.broker.log().stream()
                .map(FakeBroker::transport)
                .noneMatch(headers -> headers.containsKey("steer-codec-message-ids")),
            "pages of " + page);
      }
    }
  }
}
