package io.holdfast.connections;

import io.holdfast.channels.Submission;
import io.holdfast.channels.Tenure;
import io.holdfast.channels.Toll;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.fold.Verdict;
import io.holdfast.journal.ChannelId;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a connection sends into channels, each frame with its place in the queue of answers. */
final class Publishing {
  /** Channels that may have something waiting in a window, before all of it is let out. */
  private static final int MAX_ROLLING = 1_000;

  /** Channels with unanswered frames, before no more are read until all are answered. */
  private static final int MAX_TAKEN = 10_000;

  private final ClientLink link;
  private final Node node;
  private final ClientChannels channels;
  private final AckQueue acks;
  private final int window;
  private final Identity identity;
  private final Publisher publisher;
  private final Inflow inflow;

  /** Channels where appends may be waiting in a window. One that is empty is nobody's own. */
  private Set<String> rolling = Set.of();

  /** Channels with frames that may be unanswered, and who has taken the last of each. */
  private final Map<String, Tenure> taken = new HashMap<>();

  private @Nullable ChannelId last;

  /** What this connection has added to the node's unacknowledged bytes. */
  private long counted;

  Publishing(
      ClientLink link,
      Node node,
      ClientChannels channels,
      AckQueue acks,
      int window,
      Identity identity) {
    this.link = link;
    this.node = node;
    this.channels = channels;
    this.acks = acks;
    this.window = window;
    this.identity = identity;
    this.publisher = identity.publisher();
    this.inflow = new Inflow(node.timers(), node.settings().messageRate(), link::failSoon);
  }

  void messages(Frame.Messages frame, int bytes) {
    if (unnumbered(frame.msgSerial())) {
      return;
    }
    AckQueue.Slot slot = slot(frame.msgSerial(), bytes);
    Judged judged =
        channels.notAsked(frame.channel(), Flags.PUBLISH)
            ? modeMissing(Permission.PUBLISH, frame.channel())
            : node.requests()
                .messages(
                    link.access(),
                    frame.channel(),
                    frame.messages(),
                    frame.params(),
                    sender(frame.msgSerial()));
    submit(frame.channel(), judged, slot);
  }

  void annotations(Frame.Annotations frame, int bytes) {
    if (unnumbered(frame.msgSerial())) {
      return;
    }
    AckQueue.Slot slot = slot(frame.msgSerial(), bytes);
    Judged judged =
        channels.notAsked(frame.channel(), Flags.ANNOTATION_PUBLISH)
            ? modeMissing(Permission.ANNOTATION_PUBLISH, frame.channel())
            : node.requests()
                .annotations(
                    link.access(), frame.channel(), frame.annotations(), sender(frame.msgSerial()));
    submit(frame.channel(), judged, slot);
  }

  void objects(Frame.Objects frame, int bytes) {
    if (unnumbered(frame.msgSerial())) {
      return;
    }
    AckQueue.Slot slot = slot(frame.msgSerial(), bytes);
    Judged judged =
        channels.notAsked(frame.channel(), Flags.OBJECT_PUBLISH)
            ? modeMissing(Permission.OBJECT_PUBLISH, frame.channel())
            : node.requests()
                .operations(
                    link.access(),
                    frame.channel(),
                    frame.state(),
                    sender(frame.msgSerial()),
                    frame.state().size());
    // a client that applies its own operations when they are answered for must not do so to a
    // state it has, and then be sent an older one that waits for it to read
    submit(frame.channel(), judged, slot, told -> channels.behind(frame.channel(), told));
  }

  void presence(Frame.Presence frame, int bytes) {
    if (unnumbered(frame.msgSerial())) {
      return;
    }
    AckQueue.Slot slot = slot(frame.msgSerial(), bytes);
    Judged judged =
        channels.notAsked(frame.channel(), Flags.PRESENCE) && !Requests.onlyLeaves(frame.presence())
            ? modeMissing(Permission.PRESENCE, frame.channel())
            : node.requests()
                .presence(
                    link.access(),
                    frame.channel(),
                    frame.presence(),
                    sender(frame.msgSerial()),
                    identity.owner());
    if (judged instanceof Judged.Good) {
      ErrorInfo tooMany = channels.mayBePresent(frame.channel());
      judged = tooMany == null ? judged : new Judged.Bad(tooMany);
    }
    submit(frame.channel(), judged, slot);
  }

  /** Frames are told from their repeats by number, so one without would pass for applied before. */
  private boolean unnumbered(long msgSerial) {
    if (msgSerial >= 0) {
      return false;
    }
    ErrorInfo error =
        ErrorCode.BAD_REQUEST.info("a frame that is to be acknowledged needs a msgSerial");
    link.send(new Frame.ProtocolError("", error));
    return true;
  }

  private AckQueue.Slot slot(long msgSerial, int bytes) {
    if (acks.size() == 0) {
      taken.clear();
    }
    AckQueue.Slot slot = acks.add(msgSerial, bytes, node.timers().now());
    count();
    return slot;
  }

  private Sender sender(long msgSerial) {
    return new Sender(
        publisher,
        msgSerial,
        identity.connectionId(),
        link.access().concreteClientId(),
        publisher.frame(msgSerial));
  }

  private void submit(String given, Judged judged, AckQueue.Slot slot) {
    submit(given, judged, slot, Runnable::run);
  }

  private void submit(String given, Judged judged, AckQueue.Slot slot, Consumer<Runnable> gate) {
    boolean append = judged instanceof Judged.Good good && good.part() instanceof Part.Append;
    if (!append || rolling.size() >= MAX_ROLLING) {
      flushRollups();
    }
    switch (judged) {
      case Judged.Bad bad -> slot.complete(new Verdict.Refused(bad.error()));
      case Judged.Good good -> {
        String channel = ChannelNames.plain(given);
        if (append && window > 0) {
          roll(channel);
        }
        ChannelId id = new ChannelId(link.access().app(), channel);
        last = id;
        Submission submission =
            new Submission(
                good.part(),
                good.bytes(),
                window,
                good.ephemeral(),
                toll(id, good.messages()),
                link.mayHaveSentElsewhere(),
                outcome -> slot.complete(outcome, gate));
        taken.put(channel, node.channels().submit(id, submission, taken.get(channel)));
      }
    }
  }

  /** Judged when a frame is known to be new: one that comes again must hear what it heard first. */
  private Toll toll(ChannelId channel, int messages) {
    double rate = link.access().publishRate(channel.name());
    return () -> {
      ErrorInfo refusal = inflow.refusal(channel, rate, messages);
      return refusal == null ? node.paces().refusal(channel, messages) : refusal;
    };
  }

  private Judged modeMissing(Permission permission, String channel) {
    boolean permitted = link.access().permits(permission, channel);
    return new Judged.Bad(
        (permitted ? ErrorCode.MODE_NOT_REQUESTED : ErrorCode.CAPABILITY_DENIED).info());
  }

  /** What waits in windows goes out before anything else of this connection. */
  void flushRollups() {
    if (rolling.isEmpty()) {
      return;
    }
    for (String channel : rolling) {
      node.channels().flushRollup(new ChannelId(link.access().app(), channel), publisher);
    }
    rolling = Set.of();
  }

  private void roll(String channel) {
    if (rolling.isEmpty()) {
      rolling = new HashSet<>();
    }
    rolling.add(channel);
  }

  /** Whether the node, or the channel last sent to, has more unacknowledged than it takes. */
  boolean crowded() {
    count();
    // one frame under way is always allowed: its answer is what starts reading again
    return acks.size() > 0
        && (node.unacked().get() > node.settings().maxNodeUnackedBytes()
            || taken.size() > MAX_TAKEN
            || (last != null && node.channels().crowded(last)));
  }

  private void count() {
    long now = acks.bytes();
    node.unacked().addAndGet(now - counted);
    counted = now;
  }

  void close() {
    count();
  }
}
