package io.holdfast.sessions;

import static io.holdfast.sessions.Cast.SOON;
import static io.holdfast.sessions.Cast.says;
import static io.holdfast.sessions.Cast.text;
import static io.holdfast.sessions.Cast.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.MessageAction;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What agents do, as the people on the channel see it. */
@Timeout(30)
class AgentSessionTest {
  private static void assertCode(int code, Executable call) {
    assertEquals(code, assertThrows(SessionException.class, call).code());
  }

  private static void assertFailsWith(int code, Future<?> future) {
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
    assertEquals(code, failure.getCause() instanceof SessionException cause ? cause.code() : 0);
  }

  private static long count(Cast cast, String name) {
    return cast.broker.log().stream().filter(message -> name.equals(message.name())).count();
  }

  /** Outputs that come as the test hands them over; without end until it says so. */
  private static final class HandedOver implements Iterator<UiChunk> {
    private static final UiChunk END = new UiChunk.Abort("end");
    private final BlockingQueue<UiChunk> handed = new LinkedBlockingQueue<>();
    private final CountDownLatch waiting = new CountDownLatch(1);
    private UiChunk next = END;

    void hand(UiChunk... chunks) {
      handed.addAll(List.of(chunks));
    }

    @Override
    public boolean hasNext() {
      try {
        if (handed.isEmpty()) {
          waiting.countDown();
        }
        next = handed.take();
        return !next.equals(END);
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted while waiting", e);
      }
    }

    @Override
    public UiChunk next() {
      return next;
    }
  }

  @Test
  void everybodySeesAnAnswerAndWhoComesLateTheSame() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> ada = cast.person("ada");
      ClientSession<UiMessage> bob = cast.person("bob");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      Cast.answer(agent, ada.view().send(says("Hi")), "Hel", "lo");
      Cast.answer(agent, bob.view().send(says("And?")), "Nothing", ".");
      List<String> all = List.of("Hi", "Hello", "And?", "Nothing.");
      assertEquals(all, texts(ada.view()));
      assertEquals(ada.view().messages(), bob.view().messages());
      for (int page = 1; page <= cast.broker.held().size() + 1; page++) {
        assertEquals(ada.view().messages(), cast.late(page), "pages of " + page);
      }
    }
  }

  @Test
  void anAgentThatComesAfterTheInputFindsItInHistory() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      OpenableRun<UiChunk, UiMessage> run = cast.agent().createRun(asked.toInvocation());
      run.start();
      assertTrue(asked.awaitStarted(SOON));
      assertEquals(run.runId(), asked.runId());
      assertEquals(List.of("Hi"), texts(run.view()));
    }
  }

  @Test
  void anAgentReadsTheBranchItAnswersAndNothingElse() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      Cast.answer(agent, person.view().send(says("One")), "1");
      ClientRun<UiMessage> failed = person.view().send(says("Fails"));
      OpenableRun<UiChunk, UiMessage> failing = agent.createRun(failed.toInvocation());
      failing.start();
      failing.pipe(text("oh").iterator());
      failing.fail(new ErrorInfo(50000, 500, "broken", null));
      ClientRun<UiMessage> asked = person.view().send(says("Two"));
      AgentSession<UiChunk, UiMessage> other = cast.agent();
      OpenableRun<UiChunk, UiMessage> run = other.createRun(asked.toInvocation());
      run.start();
      run.view().loadAll();
      assertEquals(List.of("One", "1", "Two"), texts(run.view()));
      assertEquals(RunStatus.ERROR, failed.status());
      assertEquals("broken", failed.error() == null ? "" : failed.error().message());
    }
  }

  @Test
  void aStartThatFindsNoInputInTimeSaysSo() throws Exception {
    try (Cast cast = new Cast()) {
      AgentSession<UiChunk, UiMessage> agent = cast.agent(cast.broker.channel("bot"), cast.timers);
      OpenableRun<UiChunk, UiMessage> run = agent.createRun(new Invocation("nothing", "ai:test"));
      Future<?> starting =
          cast.threads()
              .submit(
                  () -> {
                    run.start(Duration.ofMinutes(5));
                    return null;
                  });
      cast.timers.runOutOne();
      assertFailsWith(104010, starting);
      assertEquals(0, count(cast, "ai-run-start"));
    }
  }

  @Test
  void aPageThatDoesNotComeKeepsNobodyBeyondTheDeadline() throws Exception {
    try (Cast cast = new Cast()) {
      AgentSession<UiChunk, UiMessage> agent = cast.agent(cast.broker.channel("bot"), cast.timers);
      cast.broker.pagesAfter(new CountDownLatch(1));
      OpenableRun<UiChunk, UiMessage> run = agent.createRun(new Invocation("nothing", "ai:test"));
      Future<?> starting =
          cast.threads()
              .submit(
                  () -> {
                    run.start();
                    return null;
                  });
      cast.timers.runOutOne();
      assertFailsWith(104010, starting);
    }
  }

  @Test
  void anInputThatComesWhileTheAgentWaitsStartsTheRun() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      FakeBroker.FakeChannel slow = cast.broker.channel("bot");
      AgentSession<UiChunk, UiMessage> agent = cast.agent(slow, cast.timers);
      ClientRun<UiMessage> first = person.view().send(says("Hi"));
      OpenableRun<UiChunk, UiMessage> run = agent.createRun(first.toInvocation());
      run.start();
      assertEquals(0, slow.pagesRead(), "what came live is not looked for in history");
    }
  }

  @Test
  void outputsMayComeFromAStreamOrAPublisher() throws Exception {
    try (Cast cast = new Cast()) {
      SubmissionPublisher<UiChunk> publisher = new SubmissionPublisher<>();
      ClientSession<UiMessage> person = cast.person("ada");
      OpenableRun<UiChunk, UiMessage> run =
          cast.agent().createRun(person.view().send(says("Hi")).toInvocation());
      run.start();
      AtomicBoolean closed = new AtomicBoolean();
      Stream<UiChunk> stream = text("one").stream().onClose(() -> closed.set(true));
      assertEquals(RunEndReason.COMPLETE, run.pipe(stream).reason());
      assertTrue(closed.get());
      Future<PipeResult> piping = cast.threads().submit(() -> run.pipe(publisher));
      while (publisher.getNumberOfSubscribers() == 0) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < 1_000; i++) {
        text("t" + i).forEach(publisher::submit);
      }
      publisher.close();
      assertEquals(RunEndReason.COMPLETE, piping.get(20, TimeUnit.SECONDS).reason());
      assertEquals(1_000, person.view().messages().getLast().message().parts().size());
    }
  }

  @Test
  void aCancelStopsARunThatWaitsForItsModel() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      OpenableRun<UiChunk, UiMessage> run =
          cast.agent()
              .createRun(
                  asked.toInvocation(),
                  RunIdentity.NEW,
                  RunHooks.<UiChunk>none()
                      .onCancelled(write -> write.write(new UiChunk.Abort("stopped"))));
      run.start();
      HandedOver model = new HandedOver();
      CompletableFuture<Void> request = run.abortSignal().bind(new CompletableFuture<Void>());
      Future<PipeResult> piping =
          cast.threads()
              .submit(
                  () -> {
                    PipeResult result = run.pipe(model);
                    assertFalse(Thread.currentThread().isInterrupted());
                    run.end(result);
                    return result;
                  });
      model.hand(new UiChunk.TextStart("t1"), new UiChunk.TextDelta("t1", "begun"));
      assertTrue(person.view().await(view -> texts(view).contains("begun"), SOON));
      model.waiting.await();
      asked.cancel();
      assertEquals(RunEndReason.CANCELLED, piping.get(10, TimeUnit.SECONDS).reason());
      assertTrue(request.isCancelled());
      assertTrue(asked.awaitSettled(SOON));
      assertEquals(RunStatus.CANCELLED, asked.status());
      Outgoing last =
          cast.broker.log().stream()
              .filter(message -> message.action() == MessageAction.APPEND)
              .toList()
              .getLast();
      assertEquals("cancelled", FakeBroker.transport(last).get("status"));
      assertEquals(1, cast.broker.log().stream().filter(m -> "stopped".equals(m.data())).count());
    }
  }

  @Test
  void aCancelBeforeTheRunIsHonouredWhenItStarts() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      asked.cancel();
      OpenableRun<UiChunk, UiMessage> run = agent.createRun(asked.toInvocation());
      run.start();
      assertTrue(run.abortSignal().aborted());
      assertFalse(run.hasInput());
      PipeResult result = run.pipe(text("never").iterator());
      assertEquals(RunEndReason.CANCELLED, result.reason());
      run.end(result);
      assertEquals(RunStatus.CANCELLED, asked.status());
      assertEquals(0, count(cast, "ai-output"));
      assertEquals(0, count(cast, "ai-step-start"));
    }
  }

  @Test
  void anAgentMayRefuseToBeCancelled() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      BlockingQueue<CancelRequest> requests = new LinkedBlockingQueue<>();
      OpenableRun<UiChunk, UiMessage> run =
          cast.agent()
              .createRun(
                  asked.toInvocation(),
                  RunIdentity.NEW,
                  RunHooks.<UiChunk>none()
                      .onCancel(
                          request -> {
                            requests.add(request);
                            return false;
                          }));
      run.start();
      person.cancel(run.runId());
      CancelRequest request = requests.poll(10, TimeUnit.SECONDS);
      assertEquals(new CancelRequest(run.runId(), "ada"), request);
      assertEquals(RunEndReason.COMPLETE, run.pipe(text("on").iterator()).reason());
    }
  }

  @Test
  void aSteerIsTakenUpByTheNextAnswerAndItsSenderLearnsIt() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      CountDownLatch told = new CountDownLatch(1);
      OpenableRun<UiChunk, UiMessage> run =
          cast.agent()
              .createRun(
                  asked.toInvocation(),
                  RunIdentity.NEW,
                  RunHooks.<UiChunk>none().onSteer(told::countDown));
      run.start();
      assertTrue(run.hasInput());
      run.pipe(text("first").iterator());
      assertFalse(run.hasInput());
      SteerResult steer = asked.steer(says("shorter"));
      assertFalse(steer.published().get(10, TimeUnit.SECONDS).isEmpty());
      assertTrue(told.await(10, TimeUnit.SECONDS));
      assertEquals(List.of("Hi", "first", "shorter"), texts(run.view()));
      assertTrue(run.hasInput());
      run.pipe(text("second").iterator());
      SteerResult late = asked.steer(says("too late"));
      late.published().get(10, TimeUnit.SECONDS);
      run.end(RunEndReason.COMPLETE);
      assertEquals(
          new SteerResult.Outcome(true, RunEndReason.COMPLETE),
          steer.outcome().get(10, TimeUnit.SECONDS));
      assertEquals(
          new SteerResult.Outcome(false, RunEndReason.COMPLETE),
          late.outcome().get(10, TimeUnit.SECONDS));
      SteerResult dead = asked.steer(says("dead"));
      assertFailsWith(40003, dead.published());
    }
  }

  @Test
  void aStepThatIsTriedAgainTakesThePlaceOfWhatItSaid() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      ClientRun<UiMessage> asked = person.view().send(says("Count"));
      OpenableRun<UiChunk, UiMessage> run = cast.agent().createRun(asked.toInvocation());
      run.start();
      RunStep<UiChunk, UiMessage> first = run.createStep();
      first.start();
      Iterator<UiChunk> breaks =
          Stream.concat(
                  Stream.of(new UiChunk.TextStart("t1"), new UiChunk.TextDelta("t1", "one tw")),
                  Stream.<UiChunk>generate(
                      () -> {
                        throw new IllegalStateException("the model is gone");
                      }))
              .iterator();
      PipeResult broken = first.pipe(breaks);
      assertEquals(RunEndReason.ERROR, broken.reason());
      assertEquals(104008, broken.error() == null ? 0 : broken.error().code());
      assertTrue(texts(person.view()).contains("one tw"));
      first.end();
      RunStep<UiChunk, UiMessage> second = run.createStep();
      assertEquals(first.stepId(), second.stepId());
      second.start();
      assertFalse(texts(person.view()).contains("one tw"));
      second.pipe(text("one ", "two").iterator());
      second.send(new UiChunk.SourceUrl("s1", "https://x", null, null));
      run.end(RunEndReason.COMPLETE);
      List<StepInfo> steps = person.view().runs().getLast().steps();
      assertEquals(List.of(new StepInfo(first.stepId(), StepEndReason.COMPLETE, 2, "ada")), steps);
      assertEquals(List.of("Count", "one two", ""), texts(person.view()));
      assertEquals(person.view().messages(), cast.late(3));
    }
  }

  @Test
  void aRunGoesOnAfterSomebodySaysYes() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      ClientSession<UiMessage> device = cast.person("bob");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      ClientRun<UiMessage> asked = person.view().send(says("Delete it"));
      OpenableRun<UiChunk, UiMessage> first = agent.createRun(asked.toInvocation());
      first.start();
      first.pipe(
          List.<UiChunk>of(
                  new UiChunk.ToolInputAvailable(
                      new UiChunk.ToolCall("c1", "rm"), Map.of("path", "/")),
                  new UiChunk.ToolApprovalRequest("c1", "ok-1"))
              .iterator());
      first.suspend();
      assertEquals(RunStatus.SUSPENDED, asked.status());
      CodecMessage<UiMessage> pending = device.view().messages().getLast();
      ClientRun<UiMessage> answer =
          device.view().approve(pending.codecMessageId(), "c1", true, "sure");
      OpenableRun<UiChunk, UiMessage> second = agent.createRun(answer.toInvocation());
      second.start();
      assertEquals(first.runId(), second.runId());
      UiPart.Tool tool = (UiPart.Tool) second.messages().getLast().message().parts().getLast();
      assertEquals(UiPart.ToolState.APPROVAL_RESPONDED, tool.state());
      second.pipe(
          Stream.concat(
              Stream.of(new UiChunk.ToolOutputAvailable("c1", Map.of("gone", true))),
              text("Done.").stream()));
      second.end(RunEndReason.COMPLETE);
      assertEquals(1, count(cast, "ai-run-start"));
      assertEquals(1, count(cast, "ai-run-resume"));
      assertEquals(List.of("Delete it", "", "Done."), texts(person.view()));
      for (int page = 1; page <= cast.broker.held().size() + 1; page++) {
        assertEquals(person.view().messages(), cast.late(page), "pages of " + page);
      }
    }
  }

  @Test
  void aToolOfTheClientsIsAnsweredInARunThatStandsInForTheSuspendedOne() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      ClientRun<UiMessage> asked = person.view().send(says("Where am I?"));
      OpenableRun<UiChunk, UiMessage> first = agent.createRun(asked.toInvocation());
      first.start();
      UiChunk.ToolCall call = new UiChunk.ToolCall("c1", "location");
      first.pipe(
          Stream.concat(
              text("Let me look.").stream(),
              Stream.of(
                  new UiChunk.ToolInputStart(call),
                  new UiChunk.ToolInputDelta("c1", "{\"precise\":"),
                  new UiChunk.ToolInputDelta("c1", "true}"),
                  new UiChunk.ToolInputAvailable(call, Map.of("precise", true)))));
      first.suspend();
      ClientRun<UiMessage> fork = person.view().answerTool(first.runId(), "c1", Map.of("lat", 1.5));
      OpenableRun<UiChunk, UiMessage> second = agent.createRun(fork.toInvocation());
      second.start();
      second.end(second.pipe(text("At sea.").iterator()));
      assertEquals(List.of("Where am I?", "Let me look.", "At sea."), texts(person.view()));
      assertEquals(
          List.of(second.runId()), person.view().runs().stream().map(RunInfo::runId).toList());
      UiPart.Tool tool = (UiPart.Tool) person.view().messages().get(1).message().parts().getLast();
      assertEquals(UiPart.ToolState.OUTPUT_AVAILABLE, tool.state());
      assertEquals(Map.of("lat", 1.5), tool.output());
      assertEquals(Map.of("precise", true), tool.input());
      for (int page = 1; page <= cast.broker.held().size() + 1; page++) {
        assertEquals(person.view().messages(), cast.late(page), "pages of " + page);
      }
    }
  }

  @Test
  void anotherProcessGoesOnWithARunAndItsStep() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      ClientRun<UiMessage> asked = person.view().send(says("Count"));
      FakeBroker.FakeChannel dying = cast.broker.channel("bot");
      AgentSession<UiChunk, UiMessage> first = cast.agent(dying, (delay, task) -> () -> {});
      RunIdentity identity = new RunIdentity("run-7", "first");
      OpenableRun<UiChunk, UiMessage> run =
          first.createRun(asked.toInvocation(), identity, RunHooks.none());
      run.start();
      RunStep<UiChunk, UiMessage> lost = run.createStep("work");
      lost.start();
      HandedOver model = new HandedOver();
      Future<PipeResult> piping = cast.threads().submit(() -> lost.pipe(model));
      model.hand(new UiChunk.TextStart("t1"), new UiChunk.TextDelta("t1", "one"));
      assertTrue(person.view().await(view -> texts(view).contains("one"), SOON));
      dying.cutOff();
      AgentSession<UiChunk, UiMessage> second = cast.agent();
      AdoptedRun<UiChunk, UiMessage> adopted =
          second.adoptRun(
              asked.toInvocation(), new RunIdentity("run-7", "second"), RunHooks.none());
      adopted.load();
      RunStep<UiChunk, UiMessage> again = adopted.createStep("work");
      again.start();
      again.pipe(text("one ", "two").iterator());
      again.end();
      adopted.end(RunEndReason.COMPLETE);
      assertEquals(List.of("Count", "one two"), texts(person.view()));
      assertEquals(RunStatus.COMPLETE, asked.status());
      assertEquals(1, count(cast, "ai-run-start"));
      assertCode(
          40003,
          () ->
              second
                  .adoptRun(
                      asked.toInvocation(), new RunIdentity("run-7", "third"), RunHooks.none())
                  .load());
      model.hand(HandedOver.END);
      piping.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void anAppendThatIsRefusedIsMendedByTheWholeText() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      OpenableRun<UiChunk, UiMessage> run =
          cast.agent().createRun(person.view().send(says("Hi")).toInvocation());
      run.start();
      cast.broker.refuse(
          message -> message.action() == MessageAction.APPEND && "two ".equals(message.data()));
      assertEquals(
          RunEndReason.COMPLETE, run.pipe(text("one ", "two ", "three").iterator()).reason());
      assertEquals("one two three", texts(person.view()).getLast());
      cast.broker.refuse(message -> message.action() != MessageAction.CREATE);
      PipeResult lost = run.pipe(text("gone").iterator());
      assertEquals(104000, lost.error() == null ? 0 : lost.error().code());
    }
  }

  @Test
  void callsInTheWrongOrderSayWhatIsWrong() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      OpenableRun<UiChunk, UiMessage> run = agent.createRun(asked.toInvocation());
      assertCode(40003, () -> run.pipe(text("early").iterator()));
      assertCode(40003, () -> run.end(RunEndReason.COMPLETE));
      run.start();
      assertCode(40003, run::start);
      RunStep<UiChunk, UiMessage> step = run.createStep();
      assertCode(40003, () -> step.send(new UiChunk.StartStep()));
      step.start();
      assertCode(40003, () -> run.pipe(text("beside").iterator()));
      assertCode(40003, run::suspend);
      run.end(RunEndReason.ERROR);
      run.end(RunEndReason.COMPLETE);
      assertEquals(RunStatus.ERROR, run.status());
      assertCode(40003, () -> run.pipe(text("late").iterator()));
      assertEquals(StepEndReason.FAILED, person.view().runs().getLast().steps().getLast().ended());
      agent.detach();
      assertCode(104004, () -> agent.createRun(asked.toInvocation()));
      assertCode(40003, () -> Invocation.parse("{\"inputEventId\":\"\"}"));
    }
  }

  @Test
  void endingASessionCancelsItsRunsAndDetachingLeavesThem() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> ends = cast.agent();
      ClientRun<UiMessage> one = person.view().send(says("One"));
      ends.createRun(one.toInvocation()).start();
      ends.close();
      assertEquals(RunStatus.CANCELLED, one.status());
      AgentSession<UiChunk, UiMessage> leaves = cast.agent();
      ClientRun<UiMessage> two = person.view().send(says("Two"));
      OpenableRun<UiChunk, UiMessage> left = leaves.createRun(two.toInvocation());
      left.start();
      leaves.detach();
      assertTrue(left.abortSignal().aborted());
      assertEquals(RunStatus.ACTIVE, two.status());
    }
  }
}
