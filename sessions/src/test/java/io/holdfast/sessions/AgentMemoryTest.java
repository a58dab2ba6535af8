package io.holdfast.sessions;

import static io.holdfast.sessions.Cast.says;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an agent's session holds, lets go of and finds again, also across a gap. */
@Timeout(30)
class AgentMemoryTest {
  @Test
  void aGapStopsTheRunsOfAnAgentAndIsTold() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      FakeBroker.FakeChannel channel = cast.broker.channel("bot");
      AgentSession<UiChunk, UiMessage> agent = cast.agent(channel, (delay, task) -> () -> {});
      CompletableFuture<Integer> told = new CompletableFuture<>();
      agent.onError(error -> told.complete(error.code()));
      ClientRun<UiMessage> asked = person.view().send(says("Hi"));
      OpenableRun<UiChunk, UiMessage> run = agent.createRun(asked.toInvocation());
      run.start();
      CountDownLatch aborted = new CountDownLatch(1);
      run.abortSignal().onAbort(aborted::countDown);
      channel.loseContinuity();
      assertEquals(104006, told.get(10, TimeUnit.SECONDS));
      assertTrue(aborted.await(10, TimeUnit.SECONDS));
      run.end(RunEndReason.CANCELLED);
      assertEquals(RunStatus.CANCELLED, asked.status());
    }
  }

  @Test
  void anInputFromBeforeAGapOrBesideItIsAnsweredInItsPlace() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      FakeBroker.FakeChannel channel = cast.broker.channel("bot");
      AgentSession<UiChunk, UiMessage> agent = cast.agent(channel, (delay, task) -> () -> {});
      ClientRun<UiMessage> before = person.view().send(says("before"));
      CompletableFuture<ClientRun<UiMessage>> beside = new CompletableFuture<>();
      channel.loseContinuity(
          () -> {
            try {
              beside.complete(person.view().send(says("beside")));
            } catch (InterruptedException e) {
              beside.completeExceptionally(e);
            }
          });
      for (ClientRun<UiMessage> asked : List.of(before, beside.join())) {
        OpenableRun<UiChunk, UiMessage> run = agent.createRun(asked.toInvocation());
        run.start();
        assertEquals(
            asked.inputCodecMessageId(),
            FakeBroker.transport(cast.broker.log().getLast()).get("parent"));
        run.view().loadAll();
        assertEquals(asked.inputCodecMessageId(), run.view().messages().getLast().codecMessageId());
        run.end(RunEndReason.COMPLETE);
      }
    }
  }

  @Test
  void whatAnAgentHoldsDoesNotGrowWithTheLifeOfItsSession() throws Exception {
    try (Cast cast = new Cast()) {
      ClientSession<UiMessage> person = cast.person("ada");
      FakeBroker.FakeChannel channel = cast.broker.channel("bot");
      AgentSession<UiChunk, UiMessage> agent = cast.agent(channel, (delay, task) -> () -> {});
      List<UiChunk> long100 = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        long100.add(new UiChunk.SourceUrl("s" + i, "https://x/" + i, null, null));
      }
      long most = 0;
      for (int i = 0; i < 60; i++) {
        OpenableRun<UiChunk, UiMessage> run =
            agent.createRun(person.view().send(says("q" + i)).toInvocation());
        run.start();
        run.end(run.pipe(long100.iterator()));
        most = Math.max(most, agent.held());
      }
      assertTrue(most < 2_200, "held " + most);
      OpenableRun<UiChunk, UiMessage> run =
          agent.createRun(person.view().send(says("last")).toInvocation());
      run.start();
      run.view().loadAll();
      assertEquals(121, run.view().messages().size());
    }
  }

  private static Outgoing input(int number) {
    TransportHeaders headers =
        Scribe.headers(
            Header.ROLE,
            "user",
            Header.CODEC_MESSAGE_ID,
            "m" + number,
            Header.EVENT_ID,
            "e" + number,
            Header.PARENT,
            number == 0 ? "" : "m" + (number - 1),
            Header.STREAM,
            "false",
            Header.DISCRETE,
            "true");
    Map<String, String> codec = Map.of("kind", "user-message", "partType", "text");
    return Outgoing.create(WireEvent.INPUT, "Hi", AiExtras.write(headers, codec, false));
  }

  @Test
  void anInputIsFoundHoweverMuchHistoryWasReadSince() throws Exception {
    try (Cast cast = new Cast()) {
      FakeBroker.FakeChannel people = cast.broker.channel("ada");
      for (int i = 0; i < 1_200; i++) {
        CompletableFuture<?> unused = people.publish(List.of(input(i)));
      }
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      OpenableRun<UiChunk, UiMessage> first = agent.createRun(new Invocation("e1199", "ai:test"));
      first.start();
      assertEquals(1_200, first.view().loadAll().size());
      agent.createRun(new Invocation("e1198", "ai:test")).start();
      AgentSession<UiChunk, UiMessage> other = cast.agent();
      OpenableRun<UiChunk, UiMessage> oldest = other.createRun(new Invocation("e3", "ai:test"));
      oldest.start();
      assertEquals(4, oldest.view().loadAll().size());
    }
  }

  @Test
  void anAgentThatOnlyListensHoldsNoMoreThanOneThatAnswers() throws Exception {
    try (Cast cast = new Cast()) {
      AgentSession<UiChunk, UiMessage> agent = cast.agent();
      FakeBroker.FakeChannel people = cast.broker.channel("ada");
      for (int i = 0; i < 5_000; i++) {
        CompletableFuture<?> unused = people.publish(List.of(input(i)));
        assertTrue(agent.held() <= 2_001, "it holds " + agent.held());
      }
      OpenableRun<UiChunk, UiMessage> run = agent.createRun(new Invocation("e4999", "ai:test"));
      run.start();
      assertEquals(5_000, run.view().loadAll().size());
    }
  }
}
