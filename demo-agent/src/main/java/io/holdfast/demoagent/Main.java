package io.holdfast.demoagent;

import io.holdfast.client.ClientOptions;
import io.holdfast.client.HoldfastException;
import io.holdfast.client.Json;
import io.holdfast.client.RealtimeClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The agent process of the demo: one connection, one room for each session, jobs as lines of JSON
 * from the process that started it. It ends when there are no more lines, or on SIGTERM.
 */
public final class Main {
  private static final String INPUT_EVENT_ID = "inputEventId";
  private static final int TRIES_AGAIN_AFTER_MS = 1_000;
  private static final double TOKENS_PER_SECOND = 50;

  /** How long others see an agent that has died without a word. */
  private static final int REMAIN_PRESENT_MS = 5_000;

  private final PrintStream host;
  private final Equipment equipment;
  private @Nullable RealtimeClient client;
  private @Nullable Rooms rooms;

  private Main(PrintStream host, Map<String, String> environment) {
    this.host = host;
    ThreadFactory threads = Thread.ofVirtual().factory();
    Endpoint endpoint = Endpoint.of(environment);
    Repertoire repertoire = Repertoire.load();
    SecureRandom random = new SecureRandom();
    String pace = environment.getOrDefault("HOLDFAST_DEMO_PACE", "");
    Model model =
        endpoint == null
            ? new RehearsedModel(
                new Rehearsal(repertoire),
                pace.isEmpty() ? TOKENS_PER_SECOND : Double.parseDouble(pace),
                System::nanoTime,
                random)
            : ProviderModel.at(endpoint, Main::newId);
    String transcript = environment.getOrDefault("HOLDFAST_DEMO_TRANSCRIPT", "");
    equipment =
        new Equipment(
            endpoint == null ? "Rehearsed agent" : endpoint.model(),
            newId().substring(0, 8),
            new Performance(
                model, new Tools(repertoire, TimeUnit.MILLISECONDS::sleep), Main::newId),
            new Transcript(transcript.isEmpty() ? null : Path.of(transcript)),
            threads,
            InstantSource.system());
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }

  /** Takes no arguments: all it has to know comes over its input and from its environment. */
  public static void main(String[] args) throws IOException {
    PrintStream host = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Main main = new Main(host, System.getenv());
    // first of all, so that the host may end it at any time
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(main::end));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      main.take(line);
    }
    System.exit(0);
  }

  /** Says something to people. */
  static void say(String line) {
    System.err.println("agent: " + line);
  }

  private void tell(Map<String, String> message) {
    synchronized (host) {
      host.println(Json.write(message));
    }
  }

  private void take(String line) {
    try {
      switch (Job.parse(line)) {
        case null -> say("the host said something that this version does not know");
        case Job.Hello hello -> inBackground(() -> connect(hello));
        case Job.Open open -> inBackground(() -> rooms().open(open.session()));
        case Job.Run run -> inBackground(() -> rooms().run(run));
      }
    } catch (RuntimeException e) {
      say("a line that cannot be read: " + e.getMessage());
    }
  }

  private void inBackground(Runnable job) {
    equipment.threads().newThread(job).start();
  }

  private Rooms rooms() {
    synchronized (equipment) {
      Rooms open = rooms;
      if (open == null) {
        throw new IllegalStateException("nothing can be done before the first line");
      }
      return open;
    }
  }

  private void connect(Job.Hello hello) {
    RealtimeClient made =
        RealtimeClient.create(
            ClientOptions.builder()
                .key(hello.key())
                .clientId("agent")
                .host("127.0.0.1")
                .port(hello.port())
                .tls(false)
                .retry(Duration.ofMillis(500), Duration.ofMillis(500))
                .suspendedRetry(Duration.ofSeconds(2))
                .transportParam("remainPresentFor", Integer.toString(REMAIN_PRESENT_MS))
                .build());
    Rooms opened =
        new Rooms(
            equipment,
            made,
            (what, input) -> {
              Map<String, String> message = new LinkedHashMap<>();
              message.put("type", what);
              message.put(INPUT_EVENT_ID, input);
              tell(message);
            });
    synchronized (equipment) {
      client = made;
      rooms = opened;
    }
    try {
      while (!connected(made)) {
        TimeUnit.MILLISECONDS.sleep(TRIES_AGAIN_AFTER_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    inBackground(opened::tidy);
    tell(Map.of("type", "ready"));
  }

  private static boolean connected(RealtimeClient made) throws InterruptedException {
    try {
      made.connection().connect();
      return true;
    } catch (HoldfastException e) {
      say("not connected: " + e.getMessage());
      return false;
    }
  }

  private void end() {
    RealtimeClient connected;
    Rooms open;
    synchronized (equipment) {
      connected = client;
      open = rooms;
    }
    try {
      if (open != null) {
        open.end();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (connected != null) {
      connected.close();
    }
  }
}
