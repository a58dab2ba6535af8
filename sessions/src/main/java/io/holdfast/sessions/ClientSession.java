package io.holdfast.sessions;

import io.holdfast.client.Channel;
import io.holdfast.client.RealtimeClient;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.sessions.Node.InputNode;
import io.holdfast.sessions.Node.RunNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A person's, or a program's, part in a conversation: it reads what is on the channel, sends, and
 * stops or steers the runs that answer.
 *
 * <p>May be used by any thread. Calls that block end with an {@link InterruptedException} when
 * their thread is interrupted. What the session holds grows with the messages it shows, and not
 * with how long it lives.
 *
 * @param <M> the codec's form of a message
 */
public final class ClientSession<M> implements AutoCloseable {
  /** Runs that nobody has started are waited for this many back. */
  private static final int AWAITED_MAX = 1_000;

  private final SessionCore<?, M> core;
  private final InputSender<M> sender;
  private final SteerLedger steers = new SteerLedger();
  private final ClientView<M> view;
  private final LinkedHashMap<String, Started> awaited = new LinkedHashMap<>();

  /** The channel itself; null in tests without a client. */
  private @Nullable Channel channel;

  /** Whether an agent has started a run: the id is set under the lock, others are told after it. */
  static final class Started {
    private final CompletableFuture<String> told = new CompletableFuture<>();
    private volatile String runId = "";

    String runId() {
      return runId;
    }

    CompletableFuture<String> told() {
      return told;
    }
  }

  ClientSession(SessionCore<?, M> core) {
    this.core = core;
    sender = new InputSender<>(core.codec(), core.channel());
    view = new ClientView<>(this);
  }

  /** Opens a session with the usual options; see the other. */
  public static <M> ClientSession<M> open(
      RealtimeClient client, String channelName, Codec<?, M> codec) throws InterruptedException {
    return open(client, channelName, codec, SessionOptions.defaults());
  }

  /**
   * Attaches the client's channel of this name and listens; blocks. The client stays the caller's
   * to close, after the session. A channel of a client is for one session at a time: what closes
   * first detaches it, and whoever else uses it hears nothing any more. Two sessions on one channel
   * have a client each.
   *
   * @throws SessionException with code 104001 when the channel cannot be attached
   */
  public static <M> ClientSession<M> open(
      RealtimeClient client, String channelName, Codec<?, M> codec, SessionOptions options)
      throws InterruptedException {
    ClientChannel channel = ClientChannel.of(client, channelName, codec.adapterTag());
    ClientSession<M> session = new ClientSession<>(channel.core(codec, options));
    session.channel = channel.channel();
    session.connect();
    return session;
  }

  void connect() throws InterruptedException {
    core.open(
        new SessionChannel.Listener() {
          @Override
          public void message(WireMessage message) {
            take(message);
          }

          @Override
          public void continuityLost(String state, boolean attached, @Nullable Throwable cause) {
            lose(state, attached, cause);
          }
        });
  }

  /** The view that is always there. */
  public ClientView<M> view() {
    return view;
  }

  /** Another view of the same conversation, with choices of its own. Close it when it is done. */
  public ClientView<M> createView() {
    return new ClientView<>(this);
  }

  /**
   * The session's channel, for what sessions have no words of their own for: presence, annotations.
   * What is published there directly is not the session's.
   */
  public Channel channel() {
    return Objects.requireNonNull(channel, "there is no client");
  }

  /** The name of the channel. */
  public String channelName() {
    return core.channel().name();
  }

  /** Tells of what goes wrong, in order: runs that end with an error, and gaps (104006). */
  public Subscription onError(Consumer<ErrorInfo> listener) {
    return core.errors().add(listener);
  }

  /** Asks the agent to stop this run. */
  public void cancel(String runId) throws InterruptedException {
    cancel(runId, null);
  }

  void cancel(@Nullable String runId, @Nullable String inputCodecMessageId)
      throws InterruptedException {
    core.requireOpen("cancel");
    sender.cancel(core.ids().next(), runId, inputCodecMessageId);
  }

  /** Leaves the channel; what waits is told that the session is closed. */
  @Override
  public void close() {
    if (!core.close()) {
      return;
    }
    SessionException closed =
        SessionError.SESSION_CLOSED.because("The session was closed before that was known");
    List<Runnable> done = new ArrayList<>();
    core.locked(
        () -> {
          done.addAll(steers.drain(closed));
          awaited.values().forEach(run -> done.add(() -> run.told.completeExceptionally(closed)));
          awaited.clear();
        });
    done.forEach(Runnable::run);
  }

  SessionCore<?, M> core() {
    return core;
  }

  // --- what comes ---

  private void take(WireMessage message) {
    List<Runnable> done = new ArrayList<>();
    core.apply(
        message,
        true,
        applied -> {
          done.addAll(steers.see(message));
          WireEvent event = message.event();
          String input = message.header(Header.INPUT_CODEC_MESSAGE_ID);
          if ((event == WireEvent.RUN_START || event == WireEvent.RUN_RESUME) && input != null) {
            String runId = message.header(Header.RUN_ID);
            Started run = runId == null ? null : awaited.remove(input);
            if (run != null && runId != null) {
              run.runId = runId;
              done.add(() -> run.told.complete(runId));
            }
          }
          if (event == WireEvent.RUN_END
              && applied.changed()
              && RunEndReason.of(message.header(Header.RUN_REASON)) == RunEndReason.ERROR) {
            core.errors().tell(RunLifecycle.error(message.extras().transport()));
          }
        });
    if (!done.isEmpty()) {
      core.dispatcher().post(() -> done.forEach(Runnable::run));
    }
  }

  private void lose(String state, boolean attached, @Nullable Throwable cause) {
    SessionException lost =
        SessionError.CONTINUITY_LOST.because(
            "The channel is " + state + " and messages may have been missed", cause);
    List<Runnable> done = new ArrayList<>();
    core.locked(() -> done.addAll(steers.drain(lost)));
    core.dispatcher().post(() -> done.forEach(Runnable::run));
    core.errors().tell(lost.error());
    if (attached) {
      core.surroundings().executor().execute(this::repair);
    }
  }

  /** Loads what may have been missed. */
  private void repair() {
    try {
      core.repair(this::take);
    } catch (SessionException e) {
      core.errors().tell(e.error());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // --- what goes out ---

  private record Prepared<M>(
      Input<M> input, String codecMessageId, String eventId, List<Outgoing> messages) {}

  /**
   * Sends; blocks.
   *
   * @param began told of the last input under the session's lock, before it is sent; gives what is
   *     to be done when it cannot be
   */
  ClientRun<M> send(
      List<Input<M>> inputs,
      SendOptions options,
      @Nullable String lastShown,
      Function<String, Runnable> began)
      throws InterruptedException {
    core.requireOpen("send");
    String unusable = core.channel().unusable();
    if (unusable != null) {
      throw SessionError.CHANNEL_NOT_READY.because("The channel is " + unusable);
    }
    if (inputs.isEmpty()) {
      throw SessionError.INVALID_ARGUMENT.because("There is nothing to send");
    }
    if (inputs.stream().filter(Input::startsMessage).count() > 1) {
      throw SessionError.INVALID_ARGUMENT.because("One send begins at most one new message");
    }
    List<Prepared<M>> prepared = new ArrayList<>();
    for (Input<M> input : inputs) {
      prepared.add(prepare(input, options, lastShown));
    }
    Prepared<M> trigger = prepared.getLast();
    Started started = new Started();
    List<Runnable> undo = new ArrayList<>();
    core.locked(
        () -> {
          begin(prepared, trigger.codecMessageId(), started);
          undo.add(began.apply(trigger.codecMessageId()));
        });
    boolean sent = false;
    try {
      for (Prepared<M> each : prepared) {
        sender.publish(each.messages());
      }
      sent = true;
    } finally {
      if (!sent) {
        // where it was sent all the same, as it may after an interrupt, it comes from the channel
        core.locked(
            () -> {
              undo.forEach(Runnable::run);
              takeBack(prepared, trigger.codecMessageId(), started);
            });
      }
    }
    return new ClientRun<>(
        this, trigger.codecMessageId(), trigger.eventId(), options.runId(), started);
  }

  private Prepared<M> prepare(Input<M> input, SendOptions options, @Nullable String lastShown) {
    String eventId = core.ids().next();
    String target = input.about();
    String codecMessageId = target == null ? core.ids().next() : target;
    TransportHeaders.Builder headers =
        TransportHeaders.builder()
            .set(Header.ROLE, options.role().wireName())
            .set(Header.CODEC_MESSAGE_ID, codecMessageId)
            .set(Header.RUN_ID, options.runId())
            .set(Header.RUN_CLIENT_ID, core.channel().clientId())
            .setUnlessEmpty(Header.PARENT, parent(input, options, lastShown))
            .setUnlessEmpty(Header.FORK_OF, options.forkOf())
            .setUnlessEmpty(Header.SUPERSEDES, options.supersedes())
            .set(Header.EVENT_ID, eventId);
    if (input instanceof Input.Regenerate<M> again) {
      headers.set(Header.MSG_REGENERATE, again.target());
    }
    return new Prepared<>(input, codecMessageId, eventId, sender.encode(input, headers.build()));
  }

  private @Nullable String parent(Input<M> input, SendOptions options, @Nullable String lastShown) {
    if (input instanceof Input.Regenerate<M> again) {
      return again.parent();
    }
    boolean behindShown = options.parent() == null && !options.first() && options.forkOf() == null;
    return behindShown ? lastShown : options.parent();
  }

  /** Shows new messages before they are sent, and waits for the run. */
  private void begin(List<Prepared<M>> prepared, String trigger, Started started) {
    awaited.put(trigger, started);
    if (awaited.size() > AWAITED_MAX) {
      Started eldest = awaited.pollFirstEntry().getValue();
      SessionException forgotten =
          SessionError.INPUT_NOT_FOUND.because(
              "Nobody started the run, and " + AWAITED_MAX + " others were sent since");
      core.dispatcher().post(() -> eldest.told.completeExceptionally(forgotten));
    }
    for (Prepared<M> each : prepared) {
      if (each.input().startsMessage()) {
        for (Outgoing message : each.messages()) {
          core.apply(WireMessage.of(message, null, core.channel().clientId()), true, applied -> {});
        }
      }
    }
  }

  private void takeBack(List<Prepared<M>> prepared, String trigger, Started started) {
    awaited.remove(trigger, started);
    for (Prepared<M> each : prepared) {
      if (each.input().startsMessage()) {
        core.tree().withdraw(each.codecMessageId());
      }
    }
    core.views().forEach(View::refresh);
  }

  // --- steering ---

  SteerResult steer(CompletableFuture<String> started, Input<M> input) {
    SteerResult result = new SteerResult(new CompletableFuture<>(), new CompletableFuture<>());
    CompletableFuture<?> unused =
        started.whenCompleteAsync(
            (runId, failure) -> {
              if (failure != null) {
                fail(result, InputSender.failure(failure, "The run to steer was never started"));
              } else {
                steer(runId, input, result);
              }
            },
            core.surroundings().executor());
    return result;
  }

  private void steer(String runId, Input<M> input, SteerResult result) {
    String codecMessageId = core.ids().next();
    boolean[] ended = new boolean[1];
    core.locked(
        () -> {
          ended[0] = steers.ended(runId) || hasEnded(runId);
          if (!ended[0]) {
            steers.sending(codecMessageId, runId, result);
          }
        });
    if (ended[0]) {
      fail(
          result,
          SessionError.INVALID_ARGUMENT.because("The run " + runId + " to steer has ended"));
      return;
    }
    TransportHeaders headers =
        TransportHeaders.builder()
            .set(Header.ROLE, Role.USER.wireName())
            .set(Header.CODEC_MESSAGE_ID, codecMessageId)
            .set(Header.RUN_ID, runId)
            .set(Header.RUN_CLIENT_ID, core.channel().clientId())
            .set(Header.EVENT_ID, core.ids().next())
            .build();
    try {
      core.requireOpen("steer");
      sender.publish(sender.encode(input, headers));
    } catch (SessionException e) {
      core.locked(() -> steers.withdraw(codecMessageId));
      fail(result, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      core.locked(() -> steers.withdraw(codecMessageId));
      fail(result, SessionError.CANCELLED.because("Sending the steer was interrupted", e));
    }
  }

  private boolean hasEnded(String runId) {
    RunNode<M> run = core.tree().run(runId);
    return run != null && run.lifecycle.state().status().ended();
  }

  private static void fail(SteerResult result, SessionException why) {
    result.published().completeExceptionally(why);
    result.outcome().completeExceptionally(why);
  }

  /** The input and the run that answers it, each message once. */
  List<CodecMessage<M>> messagesOf(String runId, String inputCodecMessageId) {
    core.lock();
    try {
      Map<String, CodecMessage<M>> messages = new LinkedHashMap<>();
      RunNode<M> run = core.tree().run(runId);
      String anchor = run == null || run.parent() == null ? inputCodecMessageId : run.parent();
      if (core.tree().nodeOf(anchor) instanceof InputNode<M> input) {
        input.messages().forEach(each -> messages.putIfAbsent(each.codecMessageId(), each));
      }
      if (run != null) {
        run.messages().forEach(each -> messages.putIfAbsent(each.codecMessageId(), each));
      }
      return List.copyOf(messages.values());
    } finally {
      core.unlock();
    }
  }
}
