package io.holdfast.sessions;

import io.holdfast.client.Channel;
import io.holdfast.client.RealtimeClient;
import io.holdfast.protocol.ErrorInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An agent's part in a conversation: it answers what invocations name, in runs. Any number of runs
 * may be under way at once; each is used by one thread at a time, the session by any.
 *
 * <p>What the session holds is the branches its open runs answer, and beside them the last 2,000
 * wire messages at most; what is older is let go of when a run ends, or while there is none, and
 * loaded again when a later run asks for it.
 *
 * @param <O> what the agent puts out
 * @param <M> the codec's form of a message
 */
public final class AgentSession<O, M> implements AutoCloseable {
  /** Cancels that came before their run are kept this many back. */
  private static final int EARLY_CANCELS_MAX = 200;

  private static final int KEPT_MESSAGES = 2_000;

  private final SessionCore<O, M> core;
  private final Map<String, RunState<O, M>> runs = new HashMap<>();
  private final Map<String, String> runsByInput = new HashMap<>();
  private final LinkedHashMap<String, CancelRequest> earlyCancels = new LinkedHashMap<>();

  /** The channel itself; null in tests without a client. */
  private @Nullable Channel channel;

  AgentSession(SessionCore<O, M> core) {
    this.core = core;
  }

  /** Opens a session with the usual options; see the other. */
  public static <O, M> AgentSession<O, M> open(
      RealtimeClient client, String channelName, Codec<O, M> codec) throws InterruptedException {
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
  public static <O, M> AgentSession<O, M> open(
      RealtimeClient client, String channelName, Codec<O, M> codec, SessionOptions options)
      throws InterruptedException {
    ClientChannel channel = ClientChannel.of(client, channelName, codec.adapterTag());
    AgentSession<O, M> session = new AgentSession<>(channel.core(codec, options));
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
            lose(state, cause);
          }
        });
  }

  /**
   * A run that will answer what the invocation names, once it is started. The session holds it
   * until it has ended, its start has failed, or it is {@linkplain OpenableRun#release released}.
   */
  public OpenableRun<O, M> createRun(Invocation invocation) {
    return createRun(invocation, RunIdentity.NEW, RunHooks.none());
  }

  /** A run of these ids and with these hooks; see {@link #createRun(Invocation)}. */
  public OpenableRun<O, M> createRun(
      Invocation invocation, RunIdentity identity, RunHooks<O> hooks) {
    return new OpenableRun<>(register(invocation, identity, hooks));
  }

  /**
   * A run that another process has started and this one goes on with, once it is loaded.
   *
   * @param identity says which run
   */
  public AdoptedRun<O, M> adoptRun(Invocation invocation, RunIdentity identity, RunHooks<O> hooks) {
    if (identity.runId() == null) {
      throw SessionError.INVALID_ARGUMENT.because("A run to adopt is named by its id");
    }
    return new AdoptedRun<>(register(invocation, identity, hooks));
  }

  private RunState<O, M> register(Invocation invocation, RunIdentity identity, RunHooks<O> hooks) {
    if (core.closed()) {
      throw SessionError.SESSION_CLOSED.because("The session is closed and opens no run");
    }
    String runId = identity.runId() == null ? core.ids().next() : identity.runId();
    String invocationId =
        identity.invocationId() == null ? core.ids().next() : identity.invocationId();
    RunState<O, M> run = new RunState<>(this, core, invocation, runId, invocationId, hooks);
    core.locked(() -> runs.put(runId, run));
    return run;
  }

  /** Tells of what goes wrong and concerns no run that wants to be told itself. */
  public Subscription onError(Consumer<ErrorInfo> listener) {
    return core.errors().add(listener);
  }

  /** The name of the channel. */
  public String channelName() {
    return core.channel().name();
  }

  /**
   * The session's channel, for what sessions have no words of their own for: presence, annotations.
   * What is published there directly is not the session's.
   */
  public Channel channel() {
    return Objects.requireNonNull(channel, "there is no client");
  }

  /** Ends the runs that are open as cancelled, and leaves the channel; blocks. */
  public void end() throws InterruptedException {
    for (RunState<O, M> run : open()) {
      try {
        run.endCancelled();
      } catch (SessionException e) {
        core.errors().tell(e.error());
      }
    }
    detach();
  }

  /** Leaves the channel; runs that are open stay open for others to go on with. */
  public void detach() {
    List<RunState<O, M>> open = open();
    if (core.close()) {
      open.forEach(run -> run.signal().abort());
    }
  }

  /** The same as {@link #end}; when interrupted, as {@link #detach}. */
  @Override
  public void close() {
    try {
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      detach();
    }
  }

  private List<RunState<O, M>> open() {
    core.lock();
    try {
      return List.copyOf(runs.values());
    } finally {
      core.unlock();
    }
  }

  /** How many wire messages are held. */
  long held() {
    core.lock();
    try {
      return core.tree().wireMessages();
    } finally {
      core.unlock();
    }
  }

  // --- what comes ---

  private void take(WireMessage message) {
    core.apply(
        message,
        true,
        applied -> {
          String runId = message.header(Header.RUN_ID);
          if (message.event() == WireEvent.CANCEL) {
            route(message);
          } else if (message.event() == WireEvent.INPUT && applied.fresh() && runId != null) {
            RunState<O, M> run = runs.get(runId);
            String codecMessageId = message.header(Header.CODEC_MESSAGE_ID);
            if (run != null && codecMessageId != null) {
              run.steered(codecMessageId, message.header(Header.DISCRETE) != null);
            }
          }
          // who only listens to others ends no run that would let go of anything
          if (runs.isEmpty() && core.tree().wireMessages() > KEPT_MESSAGES) {
            forgetOthers();
          }
        });
  }

  private void route(WireMessage message) {
    String input = message.header(Header.INPUT_CODEC_MESSAGE_ID);
    String runId = message.header(Header.RUN_ID);
    if (runId == null && input != null) {
      runId = runsByInput.get(input);
    }
    RunState<O, M> run = runId == null ? null : runs.get(runId);
    if (run != null) {
      RunState<O, M> target = run;
      CancelRequest request = new CancelRequest(run.runId(), message.clientId());
      core.dispatcher().post(() -> target.cancel(request));
    } else if (input != null) {
      earlyCancels.remove(input);
      earlyCancels.put(input, new CancelRequest("", message.clientId()));
      if (earlyCancels.size() > EARLY_CANCELS_MAX) {
        earlyCancels.pollFirstEntry();
      }
    }
  }

  /** Messages may be missing, so nothing that was known can be answered: the runs are stopped. */
  private void lose(String state, @Nullable Throwable cause) {
    List<RunState<O, M>> open = open();
    core.startOver();
    SessionException lost =
        SessionError.CONTINUITY_LOST.because(
            "The channel is " + state + " and the runs under way were stopped", cause);
    core.errors().tell(lost.error());
    core.dispatcher().post(() -> open.forEach(run -> run.signal().abort()));
  }

  // --- what runs say; the session's lock is held ---

  /** The run goes on with another of this id. */
  void rename(RunState<O, M> run, String from, String to) {
    runs.remove(from, run);
    runs.put(to, run);
  }

  /** The run answers this message; a cancel that came before is what it gives. */
  @Nullable CancelRequest answers(RunState<O, M> run, String inputCodecMessageId) {
    runsByInput.put(inputCodecMessageId, run.runId());
    CancelRequest early = earlyCancels.remove(inputCodecMessageId);
    return early == null ? null : new CancelRequest(run.runId(), early.clientId());
  }

  /** The run is done with, for this session. */
  void deregister(RunState<O, M> run, String runId, @Nullable String inputCodecMessageId) {
    runs.remove(runId, run);
    if (inputCodecMessageId != null) {
      runsByInput.remove(inputCodecMessageId, runId);
    }
    if (core.tree().wireMessages() > KEPT_MESSAGES) {
      forgetOthers();
    }
  }

  private void forgetOthers() {
    Set<String> needed = new HashSet<>();
    for (RunState<O, M> open : runs.values()) {
      open.prompt().path().forEach(node -> needed.add(node.key()));
    }
    Set<String> others = new HashSet<>();
    // the newest stay: who is to be answered next is among them, and history may not have it yet
    List<Node<M>> oldestFirst = new ArrayList<>(core.tree().shape().sorted());
    long kept = core.tree().wireMessages();
    for (Node<M> node : oldestFirst) {
      if (kept <= KEPT_MESSAGES / 2) {
        break;
      }
      if (!needed.contains(node.key()) && node.firstSerial() != null) {
        others.add(node.key());
        kept -= node.log.size();
      }
    }
    core.forget(others);
  }
}
