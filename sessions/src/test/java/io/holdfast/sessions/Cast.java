package io.holdfast.sessions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;

/** People and agents on one channel in memory. Close it after the test. */
final class Cast implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(10);

  final FakeBroker broker = new FakeBroker();
  final TestTimers timers = new TestTimers();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final RandomGenerator random = new Random(7);
  private final List<Runnable> open = new ArrayList<>();

  private Surroundings surroundings(Surroundings.Timers chosen) {
    return new Surroundings(threads, chosen, random);
  }

  /** Timers that never run out. */
  private static Surroundings.Timers patience() {
    return (delay, task) -> () -> {};
  }

  ExecutorService threads() {
    return threads;
  }

  ClientSession<UiMessage> person(String clientId) throws InterruptedException {
    return person(broker.channel(clientId), 100);
  }

  ClientSession<UiMessage> person(SessionChannel channel, int pageSize)
      throws InterruptedException {
    ClientSession<UiMessage> session =
        new ClientSession<>(
            new SessionCore<>(channel, new UiMessageCodec(), surroundings(patience()), pageSize));
    open.add(session::close);
    session.connect();
    return session;
  }

  AgentSession<UiChunk, UiMessage> agent() throws InterruptedException {
    return agent(broker.channel("bot"), patience());
  }

  AgentSession<UiChunk, UiMessage> agent(SessionChannel channel, Surroundings.Timers chosen)
      throws InterruptedException {
    return agent(channel, chosen, 100);
  }

  AgentSession<UiChunk, UiMessage> agent(SessionChannel channel, int pageSize)
      throws InterruptedException {
    return agent(channel, patience(), pageSize);
  }

  private AgentSession<UiChunk, UiMessage> agent(
      SessionChannel channel, Surroundings.Timers chosen, int pageSize)
      throws InterruptedException {
    AgentSession<UiChunk, UiMessage> session =
        new AgentSession<>(
            new SessionCore<>(channel, new UiMessageCodec(), surroundings(chosen), pageSize));
    open.add(session::detach);
    session.connect();
    return session;
  }

  static Input<UiMessage> says(String text) {
    return new Input.UserMessage<>(UiMessage.user("dom-" + text.hashCode(), text));
  }

  static List<UiChunk> text(String... deltas) {
    List<UiChunk> chunks = new ArrayList<>();
    chunks.add(new UiChunk.TextStart("t1"));
    for (String delta : deltas) {
      chunks.add(new UiChunk.TextDelta("t1", delta));
    }
    chunks.add(new UiChunk.TextEnd("t1"));
    return chunks;
  }

  /** A run that has begun to answer. */
  static OpenableRun<UiChunk, UiMessage> started(
      AgentSession<UiChunk, UiMessage> agent, ClientRun<UiMessage> asked)
      throws InterruptedException {
    OpenableRun<UiChunk, UiMessage> run = agent.createRun(asked.toInvocation());
    run.start();
    return run;
  }

  /** A run that answers in two messages and is complete. */
  static void answerInTwo(
      AgentSession<UiChunk, UiMessage> agent, ClientRun<UiMessage> asked, String one, String two)
      throws InterruptedException {
    OpenableRun<UiChunk, UiMessage> run = started(agent, asked);
    run.pipe(text(one).iterator());
    run.end(run.pipe(text(two).iterator()));
  }

  /** A run that answers with this text and is complete. */
  static void answer(
      AgentSession<UiChunk, UiMessage> agent, ClientRun<UiMessage> asked, String... deltas)
      throws InterruptedException {
    OpenableRun<UiChunk, UiMessage> run = started(agent, asked);
    run.end(run.pipe(text(deltas).iterator()));
  }

  static List<String> texts(View<UiMessage> view) {
    return view.messages().stream().map(message -> message.message().text()).toList();
  }

  /** The conversation as somebody reads it who comes now, in pages of this size. */
  List<CodecMessage<UiMessage>> late(int pageSize) throws InterruptedException {
    try (ClientSession<UiMessage> reader = person(broker.channel("late"), pageSize)) {
      return reader.view().loadAll();
    }
  }

  @Override
  public void close() {
    open.forEach(Runnable::run);
    threads.shutdownNow();
  }
}
