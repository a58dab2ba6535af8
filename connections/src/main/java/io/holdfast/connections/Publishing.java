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
  /** So many times the rate is refused before the connection ends. */
  private static final int FLOOD = 20;

  private final ClientLink link;
  private final Node node;
  private final ClientChannels channels;
  private final AckQueue acks;
  private final int window;
  private final Identity identity;
  private final Publisher publisher;
  private final Pace pace;

  /** What is refused for coming too fast, up to where the connection ends. */
  private final Pace flood;

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
    int rate = node.settings().messageRate();
    this.pace = new Pace(rate, node.timers().now());
    this.flood = new Pace(FLOOD * rate, node.timers().now());
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

  void presence(Frame.Presence frame, int bytes) {
    if (unnumbered(frame.msgSerial())) {
      return;
    }
    AckQueue.Slot slot = slot(frame.msgSerial(), bytes);
    Judged judged =
        channels.notAsked(frame.channel(), Flags.PRESENCE)
            ? modeMissing(Permission.PRESENCE, frame.channel())
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

  private void submit(String given, Judged asked, AckQueue.Slot slot) {
    String channel = ChannelNames.plain(given);
    Judged judged = asked instanceof Judged.Good good ? paced(channel, good) : asked;
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

  /** The same, unless it comes too fast. Far too fast ends the connection. */
  private Judged paced(String channel, Judged.Good good) {
    int rate = node.settings().messageRate();
    long now = node.timers().now();
    if (rate > 0 && !pace.take(good.messages(), now)) {
      if (!flood.take(good.messages(), now)) {
        link.fail(ErrorCode.CONNECTION_TOO_FAST.info("it may publish " + rate + " a second"));
      }
      return new Judged.Bad(
          ErrorCode.CONNECTION_RATE_LIMITED.info("it may publish " + rate + " a second"));
    }
    ErrorInfo refusal =
        node.paces().refusal(new ChannelId(link.access().app(), channel), good.messages());
    return refusal == null ? good : new Judged.Bad(refusal);
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
