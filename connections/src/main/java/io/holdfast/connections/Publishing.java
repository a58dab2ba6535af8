package io.holdfast.connections;

import io.holdfast.channels.Submission;
import io.holdfast.channels.Tenure;
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
import org.jspecify.annotations.Nullable;

/** What a connection sends into channels, each frame with its place in the queue of answers. */
final class Publishing {
  private final ClientLink link;
  private final Node node;
  private final ClientChannels channels;
  private final AckQueue acks;
  private final int window;
  private final Identity identity;
  private final Publisher publisher;

  /** Channels where appends may be waiting in a window. */
  private final Set<String> rolling = new HashSet<>();

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
  }

  void messages(Frame.Messages frame, int bytes) {
    if (unnumbered(frame.msgSerial())) {
      return;
    }
    AckQueue.Slot slot = slot(frame.msgSerial(), bytes);
    Judged judged =
        notGranted(frame.channel(), Flags.PUBLISH)
            ? modeMissing("publish")
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
        notGranted(frame.channel(), Flags.ANNOTATION_PUBLISH)
            ? modeMissing("annotation_publish")
            : node.requests()
                .annotations(
                    link.access(), frame.channel(), frame.annotations(), sender(frame.msgSerial()));
    submit(frame.channel(), judged, slot);
  }

  void presence(Frame.Presence frame, int bytes) {
    if (unnumbered(frame.msgSerial())) {
      return;
    }
    AckQueue.Slot slot = slot(frame.msgSerial(), bytes);
    Judged judged =
        notGranted(frame.channel(), Flags.PRESENCE)
            ? modeMissing("presence")
            : node.requests()
                .presence(
                    link.access(),
                    frame.channel(),
                    frame.presence(),
                    sender(frame.msgSerial()),
                    identity.owner());
    if (judged instanceof Judged.Good) {
      channels.mayBePresent(frame.channel());
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
    String channel = ChannelNames.plain(given);
    boolean append = judged instanceof Judged.Good good && good.part() instanceof Part.Append;
    if (!append) {
      flushRollups();
    }
    switch (judged) {
      case Judged.Bad bad -> slot.complete(new Verdict.Refused(bad.error()));
      case Judged.Good good -> {
        if (append && window > 0) {
          rolling.add(channel);
        }
        last = new ChannelId(link.access().app(), channel);
        Submission submission =
            new Submission(good.part(), good.bytes(), window, good.ephemeral(), slot::complete);
        taken.put(channel, node.channels().submit(last, submission, taken.get(channel)));
      }
    }
  }

  /** Whether the connection is attached without a mode it needs here. */
  private boolean notGranted(String channel, long mode) {
    Long modes = channels.modes(channel);
    return modes != null && (modes & mode) == 0;
  }

  private static Judged modeMissing(String what) {
    ErrorInfo error =
        ErrorCode.CAPABILITY_DENIED.info(
            "the channel was attached without the mode for " + what + "; attach with it");
    return new Judged.Bad(error);
  }

  /** What waits in windows goes out before anything else of this connection. */
  void flushRollups() {
    if (rolling.isEmpty()) {
      return;
    }
    for (String channel : rolling) {
      node.channels().flushRollup(new ChannelId(link.access().app(), channel), publisher);
    }
    rolling.clear();
  }

  /** Whether the node, or the channel last sent to, has more unacknowledged than it takes. */
  boolean crowded() {
    count();
    // one frame under way is always allowed: its answer is what starts reading again
    return acks.size() > 0
        && (node.unacked().get() > node.settings().maxNodeUnackedBytes()
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
