package io.holdfast.sessions;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place in a conversation: what somebody put in, or a run that answers. Its messages are folded
 * when somebody looks, from the wire messages in the order of the channel.
 */
abstract sealed class Node<M> {
  private final Codec<?, M> codec;
  private final long arrival;
  private @Nullable List<CodecMessage<M>> folded;

  /** What of the node a wire message with a place says, until its own start says it. */
  private @Nullable String placedBy;

  private @Nullable String statedParent;
  private @Nullable String statedForkOf;
  private @Nullable String statedRegenerates;

  final WireLog log = new WireLog();

  private Node(Codec<?, M> codec, long arrival) {
    this.codec = codec;
    this.arrival = arrival;
  }

  /** What one person or program put in at once. */
  static final class InputNode<M> extends Node<M> {
    private final String codecMessageId;
    private @Nullable String eventId;

    InputNode(Codec<?, M> codec, long arrival, String codecMessageId) {
      super(codec, arrival);
      this.codecMessageId = codecMessageId;
    }

    @Override
    String key() {
      return codecMessageId;
    }

    @Override
    @Nullable String parent() {
      return statedParent();
    }

    @Override
    @Nullable String forkOf() {
      return statedForkOf();
    }

    @Override
    @Nullable String firstSerial() {
      return log.firstSerial();
    }

    @Override
    boolean shows(WireEntry entry) {
      return !entry.deleted();
    }

    void eventId(@Nullable String value) {
      eventId = value == null ? eventId : value;
    }

    /** The event that an invocation names, or null. */
    @Nullable String eventId() {
      return eventId;
    }
  }

  /** A run of an agent, with what was put into it later. */
  static final class RunNode<M> extends Node<M> {
    final RunLifecycle lifecycle = new RunLifecycle();
    final StepLedger steps = new StepLedger();
    private final Set<String> inputIds = new LinkedHashSet<>();
    private final Set<String> takenUp = new LinkedHashSet<>();
    private String runId;
    private String clientId = "";
    private @Nullable String supersedes;

    RunNode(Codec<?, M> codec, long arrival, String runId) {
      super(codec, arrival);
      this.runId = runId;
    }

    @Override
    String key() {
      return runId;
    }

    void rekey(String id) {
      runId = id;
    }

    @Override
    @Nullable String parent() {
      RunLifecycle.Mark start = lifecycle.start();
      return start == null ? statedParent() : start.headers().get(Header.PARENT);
    }

    /** Messages that were put into the run and that no answer of it has taken up. */
    Set<String> untaken() {
      Set<String> ids = new LinkedHashSet<>();
      // what is about a message of the run's own, such as an approval, is no message to take up:
      // it says so itself, for the message may be on a page of history that was not read yet
      for (WireEntry entry : log.all()) {
        if (entry.said()) {
          ids.add(entry.codecMessageId());
        }
      }
      ids.removeAll(takenUp);
      return ids;
    }

    /** Whether the run has said itself where it belongs. */
    boolean placed() {
      return lifecycle.start() != null;
    }

    @Override
    @Nullable String forkOf() {
      RunLifecycle.Mark start = lifecycle.start();
      return start == null ? statedForkOf() : start.headers().get(Header.FORK_OF);
    }

    /** The answer that this run gives anew, or null. */
    @Nullable String regenerates() {
      RunLifecycle.Mark start = lifecycle.start();
      return start == null ? statedRegenerates() : start.headers().get(Header.MSG_REGENERATE);
    }

    @Override
    @Nullable String firstSerial() {
      RunLifecycle.Mark first = lifecycle.first();
      String content = log.firstSerial();
      if (first == null || (content != null && content.compareTo(first.serial()) < 0)) {
        return content;
      }
      return first.serial();
    }

    @Override
    boolean shows(WireEntry entry) {
      return !entry.deleted() && !steps.superseded(entry);
    }

    void supersedes(String other) {
      supersedes = other;
    }

    /** The run that this one stands in for, or null. */
    @Nullable String supersedes() {
      return supersedes;
    }

    void owner(@Nullable String stated) {
      if (stated != null && !stated.isEmpty() && clientId.isEmpty()) {
        clientId = stated;
      }
    }

    /** Whose run it is; empty when nobody said. */
    String clientId() {
      RunLifecycle.Mark start = lifecycle.start();
      String stated = start == null ? "" : start.headers().getOrEmpty(Header.RUN_CLIENT_ID);
      return stated.isEmpty() ? clientId : stated;
    }

    /** The messages that called for this run or went on with it. */
    Set<String> inputIds() {
      return inputIds;
    }

    /** The messages put into the run that its answers have taken up. */
    Set<String> takenUp() {
      return takenUp;
    }

    @Override
    @Nullable String lastSerial() {
      String content = super.lastSerial();
      String end = lifecycle.state().endSerial();
      return content == null || (end != null && end.compareTo(content) > 0) ? end : content;
    }

    RunInfo info() {
      RunLifecycle.Mark first = lifecycle.start() == null ? lifecycle.first() : lifecycle.start();
      RunLifecycle.State state = lifecycle.state();
      return new RunInfo(
          runId,
          clientId(),
          first == null ? "" : first.invocationId(),
          state.status(),
          state.error(),
          steps.infos());
    }

    /** Takes over what was known of the same run under another name. */
    void absorb(RunNode<M> other) {
      log.absorb(other.log);
      lifecycle.absorb(other.lifecycle);
      steps.absorb(other.steps);
      inputIds.addAll(other.inputIds);
      takenUp.addAll(other.takenUp);
      owner(other.clientId);
      if (other.supersedes != null) {
        supersedes = other.supersedes;
      }
      placeLike(other);
      changed();
    }
  }

  abstract String key();

  /** The message that this one follows, or null for the first and where it is not known yet. */
  abstract @Nullable String parent();

  /** The message that this one stands beside, as an edit of it, or null. */
  abstract @Nullable String forkOf();

  /** Its place in the order; null while it is not confirmed. */
  abstract @Nullable String firstSerial();

  /** The newest message of it that is confirmed. */
  @Nullable String lastSerial() {
    return log.lastSerial();
  }

  /** Whether this is part of what the node says. */
  abstract boolean shows(WireEntry entry);

  /** Orders nodes that are not confirmed by when they came. */
  long arrival() {
    return arrival;
  }

  /** Takes the place that a wire message states; the earliest on the channel counts. */
  void place(WireMessage message) {
    String serial = message.serial();
    if (placedBy != null && (serial == null || serial.compareTo(placedBy) >= 0)) {
      return;
    }
    placedBy = serial;
    statedParent = message.header(Header.PARENT);
    statedForkOf = message.header(Header.FORK_OF);
    statedRegenerates = message.header(Header.MSG_REGENERATE);
  }

  void placeLike(Node<M> other) {
    if (other.placedBy != null && (placedBy == null || other.placedBy.compareTo(placedBy) < 0)) {
      placedBy = other.placedBy;
      statedParent = other.statedParent;
      statedForkOf = other.statedForkOf;
      statedRegenerates = other.statedRegenerates;
    }
  }

  @Nullable String statedParent() {
    return statedParent;
  }

  @Nullable String statedForkOf() {
    return statedForkOf;
  }

  @Nullable String statedRegenerates() {
    return statedRegenerates;
  }

  void changed() {
    folded = null;
  }

  /** What the node says, the oldest first. */
  List<CodecMessage<M>> messages() {
    List<CodecMessage<M>> known = folded;
    if (known == null) {
      Codec.Fold<M> fold = codec.fold();
      for (WireEntry entry : log.all()) {
        if (shows(entry)) {
          fold.add(entry.piece());
        }
      }
      known = List.copyOf(fold.messages());
      folded = known;
    }
    return known;
  }

  /** The ids of the messages that go into the node. */
  List<String> codecMessageIds() {
    List<String> ids = new ArrayList<>();
    log.all().forEach(entry -> ids.add(entry.codecMessageId()));
    return ids;
  }
}
