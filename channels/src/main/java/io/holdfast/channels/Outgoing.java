package io.holdfast.channels;

import io.holdfast.fold.Event;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.MessageAction;
import io.holdfast.protocol.SharedFrame;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way to everyone attached, with its frames, each made and encoded at most once.
 * Immutable but for what it caches; shared between threads.
 */
final class Outgoing {
  private final String channel;
  private final Event event;
  private final boolean ephemeral;
  private volatile @Nullable SharedFrame asItCame;
  private volatile @Nullable SharedFrame whole;

  /** The frames as differences, by the message before; a few at the most, as all hear the same. */
  private final AtomicReference<@Nullable Over> over = new AtomicReference<>();

  private volatile @Nullable Through through;

  /** A frame as the difference to one message. */
  private record Over(Deltas.@Nullable Base base, SharedFrame whole, SharedFrame frame) {}

  /** What of it passes a filter. */
  private record Through(MessageFilter filter, @Nullable Outgoing out) {}

  /** The same under other names of the channel; at most as many as attachments go by. */
  private volatile @Nullable Map<String, Outgoing> named;

  Outgoing(String channel, Event event, boolean ephemeral) {
    this.channel = channel;
    this.event = event;
    this.ephemeral = ephemeral;
  }

  /** Whether it is stored nowhere, so that nobody can come back for it. */
  boolean ephemeral() {
    return ephemeral;
  }

  String channel() {
    return channel;
  }

  Event event() {
    return event;
  }

  /** The same for those who call the channel by another name. */
  Outgoing under(String name) {
    return name.equals(channel)
        ? this
        : others().computeIfAbsent(name, other -> new Outgoing(other, event, ephemeral));
  }

  private Map<String, Outgoing> others() {
    Map<String, Outgoing> others = named;
    if (others == null) {
      synchronized (this) {
        others = named;
        if (others == null) {
          others = new ConcurrentHashMap<>();
          named = others;
        }
      }
    }
    return others;
  }

  /** Roughly what it takes to send it whole, bytes. */
  long weight() {
    Data data = event instanceof Event.Changed c ? c.whole().message().data() : null;
    long whole = data == null ? 0 : data.length();
    return whole + event.weight();
  }

  /** Whether those who hold the message need only the delta. */
  static boolean isAppend(Event.Changed changed) {
    return changed.delta().action() == MessageAction.APPEND;
  }

  /**
   * The frame as the difference to the message before, which is null for none; kept for the first
   * such message.
   */
  SharedFrame over(Deltas.@Nullable Base base, SharedFrame wholeFrame) {
    Over kept = over.get();
    if (kept != null && kept.whole == wholeFrame && Objects.equals(kept.base, base)) {
      return kept.frame;
    }
    SharedFrame frame = Deltas.over(base, wholeFrame);
    if (kept == null) {
      over.compareAndSet(null, new Over(base, wholeFrame, frame));
    }
    return frame;
  }

  /**
   * What passes a filter: itself, a part of its messages, or null for nothing. One name of a
   * channel has one filter, so its answer is kept.
   */
  @Nullable Outgoing through(MessageFilter filter) {
    Through kept = through;
    if (kept == null || !kept.filter.equals(filter)) {
      kept = new Through(filter, passing(filter));
      through = kept;
    }
    return kept.out;
  }

  private @Nullable Outgoing passing(MessageFilter filter) {
    return switch (event) {
      case Event.Created created -> {
        List<Message> passing = created.messages().stream().filter(filter::passes).toList();
        if (passing.isEmpty() || passing.size() == created.messages().size()) {
          yield passing.isEmpty() ? null : this;
        }
        Event part =
            new Event.Created(
                created.cursor(), created.id(), created.connectionId(), created.time(), passing);
        yield new Outgoing(channel, part, ephemeral);
      }
      case Event.Changed changed -> filter.passes(changed.whole().message()) ? this : null;
      case Event.Annotated annotated -> filter.passes(annotated.whole().message()) ? this : null;
      case Event.Summarised summary -> filter.passes(summary.whole().message()) ? this : null;
      case Event.Operated operated -> this;
      case Event.PresenceChanged presence -> this;
    };
  }

  /** For those who hold what came before. */
  SharedFrame asItCame() {
    SharedFrame frame = asItCame;
    if (frame == null) {
      // racing makers are harmless: a frame is cheap until it is encoded
      frame = new SharedFrame(make());
      asItCame = frame;
    }
    return frame;
  }

  private Frame make() {
    return switch (event) {
      case Event.Created created -> Frames.created(channel, created, !ephemeral);
      case Event.Changed changed -> Frames.delta(channel, changed);
      case Event.Annotated annotated -> Frames.annotated(channel, annotated);
      case Event.Summarised summarised -> Frames.summarised(channel, summarised);
      case Event.Operated operated -> Frames.operated(channel, operated);
      case Event.PresenceChanged presence -> Frames.presence(channel, presence);
    };
  }

  /** The changed message itself, for those who do not hold it. */
  SharedFrame whole(Event.Changed changed) {
    SharedFrame frame = whole;
    if (frame == null) {
      frame = new SharedFrame(Frames.whole(channel, changed.whole(), changed.cursor()));
      whole = frame;
    }
    return frame;
  }
}
