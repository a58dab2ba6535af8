package io.holdfast.bench;

import io.holdfast.client.ClientOptions;
import io.holdfast.client.RealtimeClient;
import io.holdfast.sessions.AgentSession;
import io.holdfast.sessions.Invocation;
import io.holdfast.sessions.OpenableRun;
import io.holdfast.sessions.PipeResult;
import io.holdfast.sessions.RunEndReason;
import io.holdfast.sessions.UiChunk;
import io.holdfast.sessions.UiMessage;
import io.holdfast.sessions.UiMessageCodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * An agent's process, a plain program on the product's sessions: it answers any number of questions
 * at once, each on a session of its own, with a virtual thread for each answer. Takes commands on
 * standard input, one a line. The one driver that knows the product: it is what is measured.
 */
final class SessionsAgent {
  private final List<RealtimeClient> clients = new ArrayList<>();
  private final ThreadCount threads = new ThreadCount(Proc.self());
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
  private final Arguments arguments;
  private List<Talk> talks = List.of();
  private TokenPlan plan = new TokenPlan(1, 1, 1);

  private SessionsAgent(Arguments arguments) {
    this.arguments = arguments;
    for (int i = 0; i < arguments.number("clients", 1); i++) {
      clients.add(
          RealtimeClient.create(
              ClientOptions.builder()
                  .host("127.0.0.1")
                  .port(arguments.number("port"))
                  .tls(false)
                  .key(Load.KEY)
                  .clientId("agent")
                  .build()));
    }
  }

  public static void main(String[] args) {
    int exit = 0;
    try {
      new SessionsAgent(Arguments.of(args)).run();
    } catch (LoadFailure | IllegalArgumentException | IOException e) {
      System.err.println(e.getMessage());
      exit = 1;
    }
    System.exit(exit);
  }

  private void run() throws IOException {
    threads.watch();
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ", -1);
      Load.print(
          switch (words[0]) {
            case "open" -> open(words[1], TokenPlan.of(words[2], words[3], words[4]));
            case "start" -> start();
            case "stream" -> stream(Long.parseLong(words[1]));
            case "close" -> close();
            default -> throw new LoadFailure("Unknown command: " + words[0]);
          });
    }
  }

  private Outcome open(String prefix, TokenPlan asked) {
    plan = asked;
    var opened = new ArrayList<Talk>();
    for (int i = 0; i < asked.answers(); i++) {
      opened.add(new Talk(prefix, i, clients.get(i % clients.size())));
    }
    talks = opened;
    return timed(Talk::open);
  }

  private Outcome start() {
    return timed(Talk::start);
  }

  private Outcome close() {
    Outcome outcome = timed(Talk::close);
    talks = List.of();
    return outcome;
  }

  private Outcome stream(long epochMillis) {
    long start = TokenPlan.nanoTimeOf(epochMillis);
    var handed = new ConcurrentHistogram(600_000_000_000L, 3);
    // The first chunks, which are waited for, go before the first token is due.
    CompletableFuture<Void> answered = together(talk -> talk.answer(start, handed));
    pause(start - System.nanoTime());
    var meter = Meter.of(arguments);
    var outcome = new Outcome();
    await(answered);
    double seconds = meter.stop(outcome, "sent", plan.allTokens());
    return outcome
        .put("seconds", seconds)
        .put("threads", threads.peak())
        .put("handed", (Histogram) handed);
  }

  private interface Part {
    void play(Talk talk) throws InterruptedException;
  }

  private Outcome timed(Part part) {
    long start = System.nanoTime();
    await(together(part));
    return new Outcome().put("ms", (System.nanoTime() - start) / 1e6);
  }

  /** All talks at once, each on a thread of its own, as an application would have it. */
  private CompletableFuture<Void> together(Part part) {
    var ends = new ArrayList<CompletableFuture<Void>>();
    for (Talk talk : talks) {
      var end = new CompletableFuture<Void>();
      ends.add(end);
      var _ =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      part.play(talk);
                      end.complete(null);
                    } catch (InterruptedException | RuntimeException e) {
                      end.completeExceptionally(e);
                    }
                  });
    }
    return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
  }

  private void await(CompletableFuture<Void> all) {
    try {
      var _ = all.join();
    } catch (CompletionException e) {
      throw new LoadFailure("The agent failed: " + e.getCause(), e);
    }
    String what = trouble.get();
    if (what != null) {
      throw new LoadFailure("A session told of trouble: " + what);
    }
  }

  private static void pause(long nanos) {
    try {
      Thread.sleep(java.time.Duration.ofNanos(Math.max(0, nanos)));
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
  }

  /** One session with one question. */
  private final class Talk {
    private final String channel;
    private final int answer;
    private final RealtimeClient client;
    private @Nullable AgentSession<UiChunk, UiMessage> session;
    private @Nullable OpenableRun<UiChunk, UiMessage> run;

    Talk(String prefix, int answer, RealtimeClient client) {
      this.channel = TokenPlan.channel(prefix, answer);
      this.answer = answer;
      this.client = client;
    }

    void open() throws InterruptedException {
      AgentSession<UiChunk, UiMessage> opened =
          AgentSession.open(client, channel, new UiMessageCodec());
      var _ = opened.onError(error -> trouble.compareAndSet(null, channel + ": " + error));
      session = opened;
    }

    void start() throws InterruptedException {
      AgentSession<UiChunk, UiMessage> open = session;
      if (open == null) {
        throw new IllegalStateException("A run is started before its session is open.");
      }
      run = open.createRun(new Invocation(TokenPlan.input(answer), channel));
      run.start();
    }

    void answer(long startNanos, ConcurrentHistogram handed) throws InterruptedException {
      OpenableRun<UiChunk, UiMessage> started = run;
      if (started == null) {
        throw new IllegalStateException("An answer is given before its run is started.");
      }
      PipeResult result = started.pipe(new PacedAnswer(plan, answer, startNanos, handed));
      if (result.reason() != RunEndReason.COMPLETE) {
        throw new LoadFailure(channel + " ended " + result.reason() + ": " + result.error());
      }
      started.end(RunEndReason.COMPLETE);
    }

    void close() throws InterruptedException {
      AgentSession<UiChunk, UiMessage> open = session;
      if (open != null) {
        open.end();
        client.release(channel);
      }
    }
  }
}
