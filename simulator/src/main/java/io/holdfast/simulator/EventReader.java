package io.holdfast.simulator;

import io.holdfast.connections.ConnectRequest;
import io.holdfast.fold.Cursor;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A reader of an event stream, without an SDK: all it keeps is the id of the last event that it
 * saw. One of bare data asks for whole messages, as the door does for it.
 */
final class EventReader {
  private final History history;
  private final SimAccess access;
  private final boolean bare;
  private final Counts counts;
  private final Map<String, Channel> channels = new TreeMap<>();
  private @Nullable EventStream stream;
  private @Nullable String lastEvent;

  /** What it makes of one channel. */
  private static final class Channel {
    private final Look look;
    private final TrueChannel truth;
    private final Copies copies;
    private long deletedBefore;
    private long deletedWhenAsked;
    private boolean attached;

    Channel(Look look, TrueChannel truth, Copies copies) {
      this.look = look;
      this.truth = truth;
      this.copies = copies;
    }
  }

  EventReader(History history, SimAccess access, Collection<Look> looks, boolean bare) {
    this.history = history;
    this.access = access;
    this.bare = bare;
    this.counts = history.counts();
    for (Look look : looks) {
      TrueChannel truth = history.truth().channel(look.channel());
      Look read =
          new Look(look.channel(), look.given(), look.sieve(), false, bare || look.whole(), false);
      Copies copies = new Copies(access.clientId(), read, truth, counts, Set::of);
      channels.put(look.given(), new Channel(read, truth, copies));
    }
  }

  String name() {
    return access.clientId();
  }

  /** The names it asks for, in order. */
  Set<String> channels() {
    return channels.keySet();
  }

  /** What goes with a name: those that stand in it need not be said. */
  Map<String, String> params(String given) {
    return bare ? Map.of("appendMode", "full") : Map.of();
  }

  boolean settled() {
    return stream != null && channels.values().stream().allMatch(channel -> channel.attached);
  }

  void connect() {
    if (stream != null) {
      return;
    }
    EventStream next = history.newStream(this);
    if (next == null) {
      history.later(this::connect);
      return;
    }
    counts.add(lastEvent == null ? Happening.EVENT_STREAM : Happening.EVENT_STREAM_GOES_ON);
    history.trace(name() + " reads from " + lastEvent);
    for (Channel channel : channels.values()) {
      channel.deletedWhenAsked = channel.truth.deletedThrough();
    }
    stream = next;
    next.open(new ConnectRequest(access, true, true, null, null, 0, 0), lastEvent);
  }

  void disconnected(EventStream lost) {
    if (lost == stream) {
      release();
    }
    history.gone(lost);
  }

  private void release() {
    stream = null;
    channels.values().forEach(channel -> channel.attached = false);
    history.later(this::connect);
  }

  @Nullable EventStream stream() {
    return stream;
  }

  void drop(Dice dice) {
    if (stream != null) {
      stream.cut(dice, false);
    }
  }

  /** Another process takes over, which has nothing but the id. */
  void crash() {
    if (stream != null) {
      release();
    }
    for (Channel channel : channels.values()) {
      // what it begins with is where it goes on: all behind that it is to be told
      channel.copies.beginAt(channel.copies.since() == null ? null : at(channel));
    }
  }

  private @Nullable Cursor at(Channel wanted) {
    if (lastEvent == null) {
      return null;
    }
    String[] places = lastEvent.split(",", -1);
    int next = 0;
    for (Channel channel : channels.values()) {
      if (channel == wanted) {
        return Cursor.parse(places[next]);
      }
      next++;
    }
    return null;
  }

  void received(EventStream from, ReaderEvent event) {
    if (from != stream) {
      return;
    }
    if (history.tracing()) {
      history.trace(name() + " reads " + event);
    }
    EventsGoOn.guarded(() -> take(event));
  }

  private void take(ReaderEvent event) {
    switch (event) {
      case ReaderEvent.Told told -> {
        Channel channel = channel(told.channel());
        counts.add(Happening.EVENT);
        seen(told.id());
        channel.copies.take(told.place(), List.of(told.message()));
      }
      case ReaderEvent.Placed placed -> seen(placed.id());
      case ReaderEvent.GoesOn on -> {
        Channel channel = channel(on.channel());
        ResumeNeverSkips.noHole(
            channel.truth, on.from(), channel.deletedBefore, channel.deletedWhenAsked, name());
        channel.attached = true;
      }
      case ReaderEvent.BeginsAnew anew -> {
        Channel channel = channel(anew.channel());
        // its error does not say of which channel it is; that is known here all the same
        EventsGoOn.said(channel.copies.since() == null || lastEvent == null, anew.error(), name());
        if (anew.error() != null) {
          counts.add(Happening.EVENT_STREAM_BEGINS_ANEW);
        }
        channel.copies.beginAt(anew.at());
        channel.deletedBefore = channel.truth.deletedThrough();
        channel.attached = true;
      }
      case ReaderEvent.Ended ended -> ended(ended.error());
    }
  }

  private void ended(@Nullable ErrorInfo error) {
    if (error != null && ErrorCode.of(error.code()) == ErrorCode.CHANNEL_FAILED) {
      history.channelFailed();
    }
  }

  private void seen(@Nullable String id) {
    if (id != null) {
      lastEvent = id;
    }
    for (Channel channel : channels.values()) {
      if (channel.attached) {
        channel.deletedBefore = channel.truth.deletedThrough();
      }
    }
  }

  private Channel channel(String given) {
    Channel channel = channels.get(given);
    if (channel == null) {
      throw new Broken(EventsGoOn.NAME, name() + " never asked for " + given);
    }
    return channel;
  }

  /** At rest it has all that it was to be told. */
  void complete() {
    for (Channel channel : channels.values()) {
      Cursor since = channel.copies.since();
      if (since != null) {
        String what = name() + " on " + channel.look.given();
        EventsGoOn.guarded(() -> channel.copies.complete(since, Set.of(), what));
      }
    }
  }
}
