import io.holdfast.client.Channel;
import io.holdfast.client.ClientOptions;
import io.holdfast.client.Json;
import io.holdfast.client.RealtimeClient;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.sessions.*;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A process that takes part in sessions as other programs tell it, by lines of JSON: a request has an
 * {@code id} and an {@code op}, its answer the same id. It is what the compatibility tests put beside
 * the published package.
 */
final class Peer<O, M> {
  /** What is particular about one codec. */
  private record Dialect<O, M>(
      Codec<O, M> codec,
      Function<Map<String, Object>, O> output,
      BiFunction<String, String, M> user,
      Function<M, Map<String, Object>> json) {}

  private static final Dialect<UiChunk, UiMessage> UI =
      new Dialect<>(
          new UiMessageCodec(), UiChunk::fromJson, UiMessage::user, UiMessage::toJson);

  private static final Dialect<ResponsesEvent, ResponsesMessage> RESPONSES =
      new Dialect<>(
          new ResponsesCodec(),
          ResponsesEvent::new,
          (id, text) -> ResponsesMessage.user(text),
          ResponsesMessage::toJson);

  private final Dialect<O, M> dialect;
  private static final Duration LONG = Duration.ofSeconds(40);

  private final PrintStream out;
  private final List<ErrorInfo> errors = new ArrayList<>();
  private final Map<String, ClientRun<M>> asked = new ConcurrentHashMap<>();
  private final Map<String, AgentRun<O, M>> runs = new ConcurrentHashMap<>();
  private final Map<String, RunStep<O, M>> steps = new ConcurrentHashMap<>();
  private final Map<String, SteerResult> steers = new ConcurrentHashMap<>();
  private final AtomicInteger names = new AtomicInteger();
  private RealtimeClient client;
  private ClientSession<M> person;
  private AgentSession<O, M> agent;

  private Peer(Dialect<O, M> dialect, PrintStream out) {
    this.dialect = dialect;
    this.out = out;
  }

  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Peer<?, ?> peer =
        args[0].equals("responses") ? new Peer<>(RESPONSES, out) : new Peer<>(UI, out);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    peer.tell(Map.of("ready", true));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Map<String, Object> request = object(Json.parse(line));
      if (request != null) {
        Thread.ofVirtual().start(() -> peer.answer(request));
      }
    }
    Runtime.getRuntime().halt(0);
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(Object tree) {
    return tree instanceof Map<?, ?> map ? (Map<String, Object>) map : null;
  }

  private static List<?> list(Object tree) {
    return tree instanceof List<?> list ? list : List.of();
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private void tell(Map<String, ?> answer) {
    synchronized (out) {
      out.println(Json.write(answer));
    }
  }

  private void answer(Map<String, Object> request) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("id", request.get("id"));
    try {
      answer.put("value", perform(new Request(request)));
    } catch (SessionException e) {
      answer.put("error", e.getMessage());
      answer.put("code", e.code());
    } catch (Exception e) {
      answer.put("error", e.toString());
    }
    tell(answer);
  }

  /** A request's fields. */
  private record Request(Map<String, Object> fields) {
    String text(String name) {
      return fields.get(name) instanceof String text ? text : "";
    }

    String textOrNull(String name) {
      return fields.get(name) instanceof String text ? text : null;
    }

    int number(String name, int otherwise) {
      return fields.get(name) instanceof Number number ? number.intValue() : otherwise;
    }

    boolean flag(String name) {
      return Boolean.TRUE.equals(fields.get(name));
    }

    Invocation invocation() {
      return Invocation.of(object(fields.get("invocation")));
    }

    RunIdentity identity() {
      return new RunIdentity(textOrNull("runId"), textOrNull("invocationId"));
    }
  }

  private Object perform(Request request) throws Exception {
    String op = request.text("op");
    return switch (op) {
      case "connect" -> connect(request);
      case "close" -> close();
      case "errors" -> errors();
      case "state" -> state();
      case "send", "edit", "fork", "regenerate", "approve", "answerTool", "giveResult" -> remember(send(op, request));
      case "messages" -> messages(view(request));
      case "runs" -> runs(view(request));
      case "await" -> await(request);
      case "loadOlder" -> loadOlder(request);
      case "selection" -> selection(request);
      case "select" ->
          person().view().select(request.text("message"), request.number("index", 0));
      case "started" -> {
        boolean started = asked(request).awaitStarted(LONG);
        yield started ? asked(request).runId() : null;
      }
      case "cancel" -> {
        asked(request).cancel();
        yield null;
      }
      case "steer" -> {
        String name = "steer-" + names.incrementAndGet();
        steers.put(name, asked(request).steer(says(request)));
        yield name;
      }
      case "steered" -> steered(request);
      default -> work(op, request);
    };
  }

  // --- people ---

  private Object connect(Request request) throws InterruptedException {
    RealtimeClient made =
        RealtimeClient.create(
            ClientOptions.builder()
                .host("127.0.0.1")
                .port(request.number("port", 0))
                .tls(false)
                .key("app.key:secret")
                .clientId(request.text("clientId"))
                .format(request.flag("binary") ? Format.MSGPACK : Format.JSON)
                .retry(Duration.ofMillis(100), Duration.ofSeconds(1))
                .build());
    client = made;
    SessionOptions options =
        SessionOptions.defaults().historyPageSize(request.number("pageSize", 100));
    Codec<O, M> codec = dialect.codec();
    if (request.flag("agent")) {
      agent = AgentSession.open(made, request.text("channel"), codec, options);
      agent().onError(this::remember);
    } else {
      person = ClientSession.open(made, request.text("channel"), codec, options);
      person().onError(this::remember);
    }
    return null;
  }

  private void remember(ErrorInfo error) {
    synchronized (errors) {
      errors.add(error);
    }
  }

  private List<String> errors() {
    synchronized (errors) {
      return errors.stream().map(error -> error.code() + " " + error.message()).toList();
    }
  }

  private Map<String, Object> state() {
    Channel channel = person == null ? agent().channel() : person().channel();
    return Map.of(
        "connection", word(client.connection().state()), "channel", word(channel.state()));
  }

  private Object close() {
    if (person != null) {
      person().close();
    }
    if (agent != null) {
      agent().detach();
    }
    if (client != null) {
      client.close();
    }
    return null;
  }

  private ClientSession<M> person() {
    return Objects.requireNonNull(person, "no person here");
  }

  private AgentSession<O, M> agent() {
    return Objects.requireNonNull(agent, "no agent here");
  }

  private Input<M> says(Request request) {
    String text = request.text("text");
    return new Input.UserMessage<>(dialect.user().apply(UUID.randomUUID().toString(), text));
  }

  private ClientRun<M> send(String op, Request request) throws InterruptedException {
    ClientView<M> view = person().view();
    return switch (op) {
      case "edit" -> view.edit(request.text("message"), says(request));
      case "fork" ->
          view.send(
              says(request),
              SendOptions.DEFAULT
                  .forkOf(request.text("message"))
                  .behind(request.text("parent")));
      case "regenerate" -> view.regenerate(request.text("message"));
      case "approve" ->
          view.approve(
              request.text("message"),
              request.text("toolCallId"),
              request.flag("approved"),
              request.textOrNull("reason"));
      case "giveResult" ->
          view.send(
              new Input.ToolResult<>(
                  request.text("message"),
                  request.text("toolCallId"),
                  request.fields().get("output"),
                  null),
              SendOptions.into(request.text("runId")));
      case "answerTool" ->
          view.answerTool(
              request.text("runId"), request.text("toolCallId"), request.fields().get("output"));
      default -> view.send(says(request));
    };
  }

  private Map<String, Object> remember(ClientRun<M> run) {
    String name = "asked-" + names.incrementAndGet();
    asked.put(name, run);
    return Map.of("name", name, "invocation", run.toInvocation().toJson());
  }

  private ClientRun<M> asked(Request request) {
    return Objects.requireNonNull(asked.get(request.text("run")), "no such run was asked for");
  }

  private View<M> view(Request request) {
    String run = request.textOrNull("run");
    return run == null ? person().view() : run(request).view();
  }

  private List<Object> messages(View<M> view) {
    List<Object> messages = new ArrayList<>();
    for (CodecMessage<M> message : view.messages()) {
      messages.add(
          Map.of(
              "codecMessageId", message.codecMessageId(), "message", dialect.json().apply(message.message())));
    }
    return messages;
  }

  private List<Object> runs(View<M> view) {
    List<Object> runs = new ArrayList<>();
    for (RunInfo run : view.runs()) {
      runs.add(Map.of("runId", run.runId(), "status", word(run.status())));
    }
    return runs;
  }

  /** Waits until the text of all messages contains this. */
  private boolean await(Request request) throws InterruptedException {
    String text = request.text("text");
    return view(request)
        .await(
            view ->
                view.messages().stream()
                    .anyMatch(message -> Json.write(dialect.json().apply(message.message())).contains(text)),
            LONG);
  }

  private Map<String, Object> loadOlder(Request request) throws InterruptedException {
    View<M> view = view(request);
    int pages = 0;
    while (view.hasOlder()) {
      view.loadOlder(request.number("limit", 10));
      pages++;
    }
    return Map.of("pages", pages);
  }

  private Map<String, Object> selection(Request request) {
    BranchSelection<M> selection = person().view().selection(request.text("message"));
    return Map.of(
        "index",
        selection.index(),
        "messages",
        selection.siblings().stream()
            .map(message -> dialect.json().apply(message.message()))
            .toList());
  }

  private Map<String, Object> steered(Request request) throws Exception {
    SteerResult steer = Objects.requireNonNull(steers.get(request.text("steer")));
    String published = steer.published().get(LONG.toSeconds(), TimeUnit.SECONDS);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("published", published);
    if (request.flag("outcome")) {
      SteerResult.Outcome outcome = steer.outcome().get(LONG.toSeconds(), TimeUnit.SECONDS);
      result.put("consumed", outcome.consumed());
      RunEndReason reason = outcome.endReason();
      result.put("reason", reason == null ? null : word(reason));
    }
    return result;
  }

  // --- agents ---

  private AgentRun<O, M> run(Request request) {
    return Objects.requireNonNull(runs.get(request.text("run")), "no such run");
  }

  private Object work(String op, Request request) throws Exception {
    return switch (op) {
      case "start" -> {
        OpenableRun<O, M> run =
            agent().createRun(request.invocation(), request.identity(), RunHooks.none());
        run.start(LONG);
        yield remember(run);
      }
      case "adopt" -> {
        AdoptedRun<O, M> run =
            agent().adoptRun(request.invocation(), request.identity(), RunHooks.none());
        run.load(LONG);
        yield remember(run);
      }
      case "hasInput" -> run(request).hasInput();
      case "aborted" -> run(request).abortSignal().aborted();
      case "awaitAbort" -> {
        CountDownLatch aborted = new CountDownLatch(1);
        run(request).abortSignal().onAbort(aborted::countDown);
        yield aborted.await(LONG.toSeconds(), TimeUnit.SECONDS);
      }
      case "pipe" -> result(run(request).pipe(paced(request)));
      case "step" -> {
        RunStep<O, M> step = run(request).createStep(request.text("stepId"));
        step.start();
        String name = "step-" + names.incrementAndGet();
        steps.put(name, step);
        yield name;
      }
      case "pipeStep" -> result(step(request).pipe(paced(request)));
      case "endStep" -> {
        step(request).end();
        yield null;
      }
      case "suspend" -> {
        run(request).suspend();
        yield null;
      }
      case "end" -> {
        run(request).end(RunEndReason.valueOf(request.text("reason").toUpperCase(Locale.ROOT)));
        yield null;
      }
      default -> throw new IllegalArgumentException("there is no " + op);
    };
  }

  private Map<String, Object> remember(AgentRun<O, M> run) {
    String name = "run-" + names.incrementAndGet();
    runs.put(name, run);
    return Map.of("name", name, "runId", run.runId(), "invocationId", run.invocationId());
  }

  private RunStep<O, M> step(Request request) {
    return Objects.requireNonNull(steps.get(request.text("step")), "no such step");
  }

  private static Map<String, Object> result(PipeResult result) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("reason", word(result.reason()));
    SessionException error = result.error();
    told.put("error", error == null ? null : error.getMessage());
    told.put("code", error == null ? null : error.code());
    return told;
  }

  /** The request's chunks at about {@code perSecond}; tells of those that it was asked to. */
  private Iterator<O> paced(Request request) {
    List<O> chunks = new ArrayList<>();
    for (Object chunk : list(request.fields().get("chunks"))) {
      chunks.add(dialect.output().apply(object(chunk)));
    }
    Set<Object> marks = new HashSet<>(list(request.fields().get("marks")));
    long gap = TimeUnit.SECONDS.toNanos(1) / request.number("perSecond", 1_000);
    long begun = System.nanoTime();
    return new Iterator<>() {
      private int index;

      @Override
      public boolean hasNext() {
        return index < chunks.size();
      }

      @Override
      public O next() {
        await(begun + index * gap - System.nanoTime());
        if (marks.contains((long) index)) {
          Map<String, Object> mark = new LinkedHashMap<>();
          mark.put("mark", index);
          mark.put("of", request.fields().get("id"));
          tell(mark);
        }
        return chunks.get(index++);
      }

      private void await(long nanos) {
        try {
          if (nanos > 0 && new CountDownLatch(1).await(nanos, TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("nobody counts down");
          }
        } catch (InterruptedException e) {
          throw new IllegalStateException("interrupted", e);
        }
      }
    };
  }
}
