package io.holdfast.sessions;

import io.holdfast.protocol.MessageAction;
import io.holdfast.sessions.Node.InputNode;
import io.holdfast.sessions.Node.RunNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as inputs and the runs that answer them. Wire messages may be applied in any
 * order, and more than once: the tree is the same for everybody who has seen the same messages.
 *
 * <p>It holds one entry for each wire message of what it shows and nothing for what passed, so it
 * grows with the conversation that was loaded and not with the life of the session. Used under the
 * lock of its session.
 *
 * @param <M> the codec's form of a message
 */
final class Tree<M> {
  /**
   * What a wire message did.
   *
   * @param changed whether anything is different for it
   * @param run the run that it is about, or null
   * @param fresh whether it brought content that was not known before
   */
  record Applied<M>(boolean changed, @Nullable RunNode<M> run, boolean fresh) {}

  /** What of a node decides how it stands to others. */
  private record Standing(
      @Nullable String first, @Nullable String parent, @Nullable String forkOf, boolean placed) {
    private static Standing of(Node<?> node) {
      boolean placed = node instanceof RunNode<?> run && run.placed();
      return new Standing(node.firstSerial(), node.parent(), node.forkOf(), placed);
    }

    private void compare(Node<?> node, TreeShape<?> shape) {
      if (!equals(of(node))) {
        shape.changed();
      }
    }
  }

  /** Whatever else is told of a message nobody knows is no beginning of it. */
  private static final Set<MessageAction> BEGINNINGS =
      EnumSet.of(MessageAction.CREATE, MessageAction.UPDATE, MessageAction.APPEND);

  private final Codec<?, M> codec;
  private final Map<String, Node<M>> nodes = new HashMap<>();

  /** Which node the message with this id is in. */
  private final Map<String, String> keysByMessage = new HashMap<>();

  /** Which run the message with this id called for or let go on. */
  private final Map<String, String> runsByInput = new HashMap<>();

  private final TreeShape<M> shape = new TreeShape<>(this);
  private long arrivals;
  private long version;
  private long wireMessages;

  Tree(Codec<?, M> codec) {
    this.codec = codec;
  }

  /** Counts changes of any kind. */
  long version() {
    return version;
  }

  /** How many wire messages are held. */
  long wireMessages() {
    return wireMessages;
  }

  /** Everything up to this serial has come to rest and is known; null when nothing is. */
  @Nullable String settledThrough() {
    String newest = null;
    String underWay = null;
    for (Node<M> node : nodes.values()) {
      String last = node.lastSerial();
      if (last != null && (newest == null || last.compareTo(newest) > 0)) {
        newest = last;
      }
      String first = node.firstSerial();
      if (node instanceof RunNode<M> run
          && !run.lifecycle.state().status().ended()
          && first != null
          && (underWay == null || first.compareTo(underWay) < 0)) {
        underWay = first;
      }
    }
    return underWay == null ? newest : underWay;
  }

  TreeShape<M> shape() {
    return shape;
  }

  Collection<Node<M>> nodes() {
    return nodes.values();
  }

  @Nullable Node<M> node(String key) {
    return nodes.get(key);
  }

  @Nullable RunNode<M> run(String runId) {
    return nodes.get(runId) instanceof RunNode<M> run ? run : null;
  }

  /** The node that holds the message, or null. */
  @Nullable Node<M> nodeOf(@Nullable String codecMessageId) {
    String key = codecMessageId == null ? null : keysByMessage.get(codecMessageId);
    return key == null ? null : nodes.get(key);
  }

  /** Applies a wire message, live or from history. */
  Applied<M> apply(WireMessage message) {
    if (!message.extras().present()) {
      return new Applied<>(false, null, false);
    }
    WireEvent event = message.event();
    Applied<M> applied =
        switch (event) {
          case RUN_START, RUN_RESUME, RUN_SUSPEND, RUN_END -> applyLifecycle(message);
          case STEP_START, STEP_END -> applyStep(message);
          case CANCEL -> new Applied<>(false, null, false);
          case INPUT, OUTPUT -> applyContent(message);
          // appends carry no name; a name of somebody else's is not ours
          case null -> message.named() ? new Applied<>(false, null, false) : applyContent(message);
        };
    if (applied.changed()) {
      version++;
    }
    return applied;
  }

  private Applied<M> applyLifecycle(WireMessage message) {
    String runId = message.header(Header.RUN_ID);
    if (runId == null || runId.isEmpty()) {
      return new Applied<>(false, null, false);
    }
    RunNode<M> run = runNamed(runId, message.header(Header.INPUT_CODEC_MESSAGE_ID));
    Standing before = Standing.of(run);
    boolean changed = run.lifecycle.add(message);
    run.owner(message.header(Header.RUN_CLIENT_ID));
    before.compare(run, shape);
    return new Applied<>(changed, run, false);
  }

  private Applied<M> applyStep(WireMessage message) {
    String runId = message.header(Header.RUN_ID);
    if (runId == null || runId.isEmpty() || message.header(Header.STEP_ID) == null) {
      return new Applied<>(false, null, false);
    }
    RunNode<M> run = runNamed(runId, null);
    run.owner(message.header(Header.RUN_CLIENT_ID));
    boolean changed = run.steps.add(message);
    if (changed) {
      dropSuperseded(run);
      run.changed();
    }
    return new Applied<>(changed, run, false);
  }

  /** What a newer attempt has taken the place of is never shown again. */
  private void dropSuperseded(RunNode<M> run) {
    for (WireEntry entry : run.log.all()) {
      if (run.steps.superseded(entry)) {
        entry.drop();
      }
    }
  }

  private Applied<M> applyContent(WireMessage message) {
    String codecMessageId = message.header(Header.CODEC_MESSAGE_ID);
    Node<M> node = owner(message, codecMessageId);
    String serial = message.serial();
    WireEntry known = node == null || serial == null ? null : node.log.find(serial);
    if (node != null && known != null) {
      boolean changed = known.advance(message);
      if (changed) {
        node.changed();
      }
      return new Applied<>(changed, node instanceof RunNode<M> run ? run : null, false);
    }
    // Only a message's name says which way it goes, and only whole messages are a beginning.
    if (message.event() == null
        || codecMessageId == null
        || !BEGINNINGS.contains(message.action())
        || !folds(message)) {
      return new Applied<>(false, null, false);
    }
    return begin(message, codecMessageId, node);
  }

  private boolean folds(WireMessage message) {
    String kind = message.codec().get(Codec.KIND);
    return kind != null && codec.folds(message.event() == WireEvent.INPUT, kind);
  }

  /** The node that the message goes into, if it is there already. */
  private @Nullable Node<M> owner(WireMessage message, @Nullable String codecMessageId) {
    String runId = message.header(Header.RUN_ID);
    if (runId != null) {
      return nodes.get(runId);
    }
    if (codecMessageId == null) {
      return null;
    }
    if (Role.USER.wireName().equals(message.header(Header.ROLE))) {
      return nodes.get(codecMessageId);
    }
    String run = runsByInput.get(codecMessageId);
    return run == null ? nodes.get(codecMessageId) : nodes.get(run);
  }

  private Applied<M> begin(WireMessage message, String codecMessageId, @Nullable Node<M> owner) {
    String runId = message.header(Header.RUN_ID);
    Node<M> node;
    if (runId != null) {
      node = runNamed(runId, message.header(Header.INPUT_CODEC_MESSAGE_ID));
    } else if (message.event() == WireEvent.OUTPUT) {
      return new Applied<>(false, null, false);
    } else if (owner != null) {
      node = owner;
    } else if (Role.USER.wireName().equals(message.header(Header.ROLE))) {
      node = new InputNode<>(codec, arrivals++, codecMessageId);
      put(node);
    } else {
      // a fork answers before any agent has named its run, so it goes by its message until then
      node = new RunNode<>(codec, arrivals++, codecMessageId);
      put(node);
    }
    return add(message, codecMessageId, node);
  }

  private Applied<M> add(WireMessage message, String codecMessageId, Node<M> node) {
    Standing before = Standing.of(node);
    if (node.log.insert(WireEntry.first(message, codecMessageId))) {
      wireMessages++;
    }
    node.place(message);
    if (!node.key().equals(keysByMessage.put(codecMessageId, node.key()))) {
      // somebody may have waited for the message to find its place
      shape.changed();
    }
    RunNode<M> run = null;
    switch (node) {
      case InputNode<M> input -> input.eventId(message.header(Header.EVENT_ID));
      case RunNode<M> answering -> {
        run = answering;
        run.owner(message.header(Header.RUN_CLIENT_ID));
        if (run.steps.see(
            message.header(Header.STEP_ID), message.header(Header.STEP_START_SERIAL))) {
          dropSuperseded(run);
        }
        run.takenUp().addAll(SteerLedger.ids(message.header(Header.STEER_CODEC_MESSAGE_IDS)));
        String superseded = message.header(Header.SUPERSEDES);
        if (superseded != null && message.header(Header.RUN_ID) == null) {
          run.supersedes(superseded);
          shape.changed();
        }
      }
    }
    node.changed();
    before.compare(node, shape);
    return new Applied<>(true, run, true);
  }

  private void put(Node<M> node) {
    nodes.put(node.key(), node);
    shape.changed();
  }

  /** The run of this id, made if need be; a fork that waited for its name gets it. */
  private RunNode<M> runNamed(String runId, @Nullable String inputId) {
    RunNode<M> run = run(runId);
    if (run == null) {
      run = new RunNode<>(codec, arrivals++, runId);
      put(run);
    }
    if (inputId != null && run.inputIds().add(inputId)) {
      RunNode<M> fork = inputId.equals(runId) ? null : run(inputId);
      if (fork != null) {
        nodes.remove(inputId);
        fork.codecMessageIds().forEach(id -> keysByMessage.put(id, runId));
        run.absorb(fork);
        shape.changed();
      }
      // where the fork's message comes later, it finds its run by this
      runsByInput.put(inputId, runId);
      shape.changed();
    }
    return run;
  }

  /** Takes back a message that was shown before it was sent. */
  void withdraw(String codecMessageId) {
    Node<M> node = nodeOf(codecMessageId);
    if (node != null && node.log.withdraw(codecMessageId)) {
      wireMessages--;
      node.changed();
      if (node.log.isEmpty() && node instanceof InputNode<M>) {
        nodes.remove(node.key());
        keysByMessage.remove(codecMessageId);
      }
      shape.changed();
      version++;
    }
  }

  /** Lets go of these nodes; history brings them again when somebody asks. */
  void forget(Set<String> keys) {
    for (String key : keys) {
      Node<M> node = nodes.remove(key);
      if (node != null) {
        wireMessages -= node.log.size();
      }
    }
    keysByMessage.values().removeIf(keys::contains);
    runsByInput.values().removeIf(keys::contains);
    shape.changed();
    version++;
  }

  /** The runs that answer this message and that no other stands in for. */
  List<RunNode<M>> replies(String codecMessageId) {
    List<RunNode<M>> replies = new ArrayList<>();
    for (Node<M> node : shape.children(codecMessageId)) {
      if (node instanceof RunNode<M> run && !shape.superseded(run.key())) {
        replies.add(run);
      }
    }
    return replies;
  }
}
