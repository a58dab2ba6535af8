package io.holdfast.sessions;

import static io.holdfast.sessions.Cast.SOON;
import static io.holdfast.sessions.Cast.says;
import static io.holdfast.sessions.Cast.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What people do, and what they see of it. */
@Timeout(30)
class ClientSessionTest {
  private static String id(View<UiMessage> view, int index) {
    return view.messages().get(index).codecMessageId();
  }

  private static List<String> texts(BranchSelection<UiMessage> selection) {
    return selection.siblings().stream().map(message -> message.message().text()).toList();
  }

  @Test
  void aMessageIsShownBeforeItIsSentAndTakenBackWhenItCannotBe() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      List<List<String>> seen = new ArrayList<>();
      cast.broker.refuse(
          message -> {
            seen.add(Cast.texts(person.view()));
            return true;
          });
      SessionException failure =
          assertThrows(SessionException.class, () -> person.view().send(says("Hi")));
      assertEquals(104005, failure.code());
      assertEquals(List.of(List.of("Hi")), seen);
      assertEquals(List.of(), Cast.texts(person.view()));
      cast.broker.refuse(message -> false);
      person.view().send(says("Hello"));
      assertEquals(List.of("Hello"), Cast.texts(person.view()));
      assertEquals(1, person.core().tree().wireMessages());
    }
  }

  @Test
  void aMessageOfTwoPartsIsShownOnceHoweverItComesBack() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      UiMessage message =
          new UiMessage(
              "dom",
              Role.USER,
              List.of(new UiPart.Text("one"), new UiPart.File("image/png", "https://x")),
              null);
      person.view().send(new Input.UserMessage<>(message));
      assertEquals(message, person.view().messages().getFirst().message());
      assertEquals(1, person.view().messages().size());
      assertEquals(2, person.core().tree().wireMessages());
    }
  }

  @Test
  void editsAndAnswersGivenAnewAreBranches() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      ClientView<UiMessage> view = person.view();
      Cast.answer(agent, view.send(says("first question")), "first answer");
      String question = id(view, 0);
      String answer = id(view, 1);
      ClientRun<UiMessage> again = view.regenerate(answer);
      assertNotEquals(answer, again.inputCodecMessageId(), "the request is not the answer");
      Cast.answer(agent, again, "second answer");
      Cast.answer(agent, view.regenerate(id(view, 1)), "third answer");
      assertEquals(
          List.of("first answer", "second answer", "third answer"),
          texts(view.selection(id(view, 1))));
      Cast.answer(agent, view.edit(question, says("edited question")), "fourth answer");
      assertEquals(List.of("edited question", "fourth answer"), Cast.texts(view));
      BranchSelection<UiMessage> edits = view.selection(id(view, 0));
      assertEquals(List.of("first question", "edited question"), texts(edits));
      assertEquals(1, edits.index());
      assertTrue(view.select(id(view, 0), 0));
      assertEquals(List.of("first question", "third answer"), Cast.texts(view));
      assertTrue(view.select(id(view, 1), -5));
      assertEquals(List.of("first question", "first answer"), Cast.texts(view));
      Cast.answer(agent, view.send(says("and then")), "nothing");
      assertEquals(
          List.of("first question", "first answer", "and then", "nothing"), Cast.texts(view));
      assertFalse(view.select(id(view, 3), 0));
      try (ClientView<UiMessage> other = person.createView()) {
        assertEquals(List.of("edited question", "fourth answer"), Cast.texts(other));
      }
    }
  }

  @Test
  void anEditOfSomebodyElseDoesNotTakeTheBranchAway() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> ada = cast.person("ada");
      ClientSession<UiMessage> bob = cast.person("bob");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      Cast.answer(agent, ada.view().send(says("question")), "answer");
      Cast.answer(agent, bob.view().edit(id(bob.view(), 0), says("better")), "other");
      assertEquals(List.of("question", "answer"), Cast.texts(ada.view()));
      assertEquals(List.of("better", "other"), Cast.texts(bob.view()));
      assertEquals(2, ada.view().selection(id(ada.view(), 0)).siblings().size());
    }
  }

  @Test
  void anAnswerWithinARunCanBeGivenAnew() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      ClientView<UiMessage> view = person.view();
      Cast.answerInTwo(agent, view.send(says("question")), "part one", "part two");
      ClientRun<UiMessage> again = view.regenerate(id(view, 2));
      OpenableRun<UiChunk, UiMessage> second = agent.createRun(again.toInvocation());
      second.start();
      assertEquals(List.of("question", "part one"), Cast.texts(second.view()));
      second.end(second.pipe(text("part two, better").iterator()));
      assertEquals(List.of("question", "part one", "part two, better"), Cast.texts(view));
      BranchSelection<UiMessage> parts = view.selection(id(view, 2));
      assertEquals(List.of("part two", "part two, better"), texts(parts));
      assertTrue(view.select(id(view, 2), 0));
      assertEquals(List.of("question", "part one", "part two"), Cast.texts(view));
      for (int page = 1; page <= cast.broker.held().size(); page++) {
        assertEquals(
            List.of("question", "part one", "part two, better"),
            cast.late(page).stream().map(message -> message.message().text()).toList());
      }
    }
  }

  @Test
  void olderMessagesAreShownAsManyAsAreWanted() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      for (int i = 0; i < 10; i++) {
        Cast.answer(agent, person.view().send(says("q" + i)), "a" + i);
      }
      List<String> all = Cast.texts(person.view());
      for (int pageSize : new int[] {1, 3, 7, 100}) {
        ClientSession<UiMessage> late = cast.person(cast.broker.channel("late"), pageSize);
        ClientView<UiMessage> view = late.view();
        for (int shown = 3; shown < all.size(); shown += 3) {
          assertTrue(view.hasOlder());
          assertEquals(3, view.loadOlder(3).size());
          assertEquals(all.subList(all.size() - shown, all.size()), Cast.texts(view));
        }
        // an answer that comes meanwhile is at the end and hides nothing
        assertEquals(2, view.loadOlder(3).size());
        assertEquals(all, Cast.texts(view));
        view.loadOlder(1);
        assertFalse(view.hasOlder());
        assertTrue(view.runs().stream().allMatch(run -> run.status() == RunStatus.COMPLETE));
        late.close();
      }
    }
  }

  @Test
  void loadingStopsWhereAnotherStoreGoesOn() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      for (int i = 0; i < 6; i++) {
        Cast.answer(agent, person.view().send(says("q" + i)), "a" + i);
      }
      ClientSession<UiMessage> late = cast.person(cast.broker.channel("late"), 4);
      late.view().loadUntil(message -> message.message().text().equals("a3"));
      assertEquals(List.of("q4", "a4", "q5", "a5"), Cast.texts(late.view()));
      Cast.answer(agent, person.view().send(says("q6")), "a6");
      assertEquals(List.of("q4", "a4", "q5", "a5", "q6", "a6"), Cast.texts(late.view()));
      late.view().loadUntil(message -> message.message().text().equals("nobody said this"));
      assertEquals(14, late.view().messages().size());
    }
  }

  @Test
  void updatesAreToldOnceForManyAndNeverAtTheSameTime() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      BlockingQueue<List<String>> seen = new LinkedBlockingQueue<>();
      person.view().onUpdate(() -> seen.add(Cast.texts(person.view())));
      String[] deltas = IntStream.range(0, 200).mapToObj(i -> i + " ").toArray(String[]::new);
      Cast.answer(agent, person.view().send(says("count")), deltas);
      List<String> last = List.of();
      int times = 0;
      while (!last.equals(Cast.texts(person.view()))) {
        last = seen.poll(10, TimeUnit.SECONDS);
        times++;
        assertTrue(last != null, "told of the end");
      }
      assertTrue(times <= 210, times + " times");
    }
  }

  @Test
  void aGapIsToldAndWhatWaitedForItFails() throws Exception {
    try (Cast cast = new Cast()) {
      FakeBroker.FakeChannel channel = cast.broker.channel("ada");
      ClientSession<UiMessage> person = cast.person(channel, 100);
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      OpenableRun<UiChunk, UiMessage> run = agent.createRun(asked.toInvocation());
      run.start();
      SteerResult steer = asked.steer(says("more"));
      steer.published().get(10, TimeUnit.SECONDS);
      BlockingQueue<Integer> errors = new LinkedBlockingQueue<>();
      person.onError(error -> errors.add(error.code()));
      channel.cutOff();
      run.end(run.pipe(text("unheard").iterator()));
      channel.loseContinuity();
      assertEquals(104006, errors.poll(10, TimeUnit.SECONDS));
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> steer.outcome().get(10, TimeUnit.SECONDS));
      assertEquals(104006, failure.getCause() instanceof SessionException cause ? cause.code() : 0);
      assertTrue(
          person.view().await(view -> Cast.texts(view).contains("unheard"), SOON),
          "what was missed is loaded");
      assertTrue(asked.awaitSettled(SOON));
      assertEquals(RunStatus.COMPLETE, asked.status());
    }
  }

  @Test
  void errorsThatRunsEndWithAreTold() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      BlockingQueue<Integer> errors = new LinkedBlockingQueue<>();
      person.onError(error -> errors.add(error.code()));
      OpenableRun<UiChunk, UiMessage> run =
          cast.agent().createRun(person.view().send(says("Hi")).toInvocation());
      run.start();
      run.fail(SessionError.STREAM_FAILED.info("The model is gone"));
      assertEquals(104008, errors.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void callsThatMakeNoSenseSaySo() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      ClientView<UiMessage> view = person.view();
      SendOptions usual = SendOptions.DEFAULT;
      assertCode(40003, () -> view.send(List.of(), usual));
      assertCode(40003, () -> view.send(List.of(says("a"), says("b")), usual));
      assertCode(40003, () -> view.edit("nobody", says("a")));
      assertCode(40003, () -> view.regenerate("nobody"));
      assertCode(40003, () -> view.approve("nobody", "c", true, null));
      assertCode(40003, () -> view.answerTool("nobody", "c", 1));
      assertCode(40003, () -> view.loadOlder(0));
      assertNull(view.runOf("nobody"));
      assertEquals(List.of(), view.selection("nobody").siblings());
      ClientRun<UiMessage> asked = view.send(says("Hi"));
      person.close();
      assertCode(104004, () -> view.send(says("more")));
      assertCode(104004, asked::cancel);
      ExecutionException closed =
          assertThrows(ExecutionException.class, () -> asked.started().get(10, TimeUnit.SECONDS));
      assertEquals(104004, closed.getCause() instanceof SessionException why ? why.code() : 0);
    }
  }

  private static void assertCode(int code, org.junit.jupiter.api.function.Executable call) {
    assertEquals(code, assertThrows(SessionException.class, call).code());
  }

  @Test
  void whereTheOtherStoreHasEverythingNothingIsShownUntilMoreComes() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      Cast.answer(cast.agent(), person.view().send(says("q1")), "a1");
      ClientView<UiMessage> late = cast.person("bob").view();
      assertEquals(List.of(), late.loadUntil(message -> message.message().text().equals("a1")));
      assertEquals(List.of(), Cast.texts(late));
      assertTrue(late.hasOlder());
      person.view().send(says("q2"));
      assertEquals(List.of("q2"), Cast.texts(late));
      late.loadOlder(1);
      assertEquals(List.of("a1", "q2"), Cast.texts(late));
      late.loadAll();
      assertEquals(List.of("q1", "a1", "q2"), Cast.texts(late));
    }
  }

  @Test
  void anAnswerWithinARunGivenAnewLeavesTheRunThatWasChosen() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      ClientView<UiMessage> view = person.view();
      Cast.answerInTwo(agent, view.send(says("question")), "one", "two");
      Cast.answer(agent, view.regenerate(id(view, 1)), "another");
      assertEquals(List.of("question", "another"), Cast.texts(view));
      assertTrue(view.select(id(view, 1), 0));
      assertEquals(List.of("question", "one", "two"), Cast.texts(view));
      Cast.answer(agent, view.regenerate(id(view, 2)), "two, better");
      assertEquals(List.of("question", "one", "two, better"), Cast.texts(view));
      assertTrue(view.select(id(view, 2), 0));
      assertEquals(List.of("question", "one", "two"), Cast.texts(view));
      assertTrue(view.select(id(view, 2), 1));
      assertEquals(List.of("question", "one", "two, better"), Cast.texts(view));
      Cast.answer(agent, view.send(says("and then")), "nothing");
      assertEquals(
          List.of("question", "one", "two, better", "and then", "nothing"), Cast.texts(view));
      assertTrue(view.select(id(view, 1), 1));
      assertEquals(List.of("question", "another"), Cast.texts(view));
    }
  }

  @Test
  void anEditIsShownBeforeItIsSentAndTakenBackWhenItCannotBe() throws Exception {
    try (Cast cast = new Cast()) {
      ClientView<UiMessage> view = cast.person("ada").view();
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      Cast.answer(agent, view.send(says("first")), "one");
      String first = id(view, 0);
      Cast.answer(agent, view.edit(first, says("second")), "two");
      assertTrue(view.select(id(view, 0), 0));
      CompletableFuture<List<Outgoing>> published = cast.broker.swallowNextPublish();
      Future<ClientRun<UiMessage>> sending =
          cast.threads().submit(() -> view.edit(first, says("third")));
      assertEquals(1, published.get(10, TimeUnit.SECONDS).size());
      assertEquals(List.of("third"), Cast.texts(view));
      sending.cancel(true);
      assertTrue(view.await(now -> now.messages().size() == 2, Cast.SOON));
      assertEquals(List.of("first", "one"), Cast.texts(view));
    }
  }

  @Test
  void whatWasNotSentForAnInterruptIsTakenBack() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      CompletableFuture<List<Outgoing>> published = cast.broker.swallowNextPublish();
      Future<ClientRun<UiMessage>> sending =
          cast.threads().submit(() -> person.view().send(says("Hi")));
      List<Outgoing> unanswered = published.get(10, TimeUnit.SECONDS);
      assertEquals(List.of("Hi"), Cast.texts(person.view()));
      sending.cancel(true);
      assertTrue(person.view().await(view -> view.messages().isEmpty(), Cast.SOON));
      assertEquals(1, cast.broker.channel("ada").publish(unanswered).get().size());
      assertEquals(List.of("Hi"), Cast.texts(person.view()), "it was sent all the same");
    }
  }
}
