package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.Event;
import io.holdfast.fold.StoredMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what the annotations of messages add up to, each message at most once in a while: the first
 * annotation after a quiet time is told at once. Of the channel's lane.
 */
final class Summaries {
  /** How long a message stays quiet once it was told, ms. */
  static final int WINDOW = 100;

  /** Messages beyond this many are told at once, always. */
  private static final int MAX_WINDOWS = 4_096;

  private final Channel handle;
  private final Timers timers;
  private final ChannelState state;
  private final Attachments attachments;

  /** By message, the earliest first. */
  private final SequencedMap<String, Window> windows = new LinkedHashMap<>();

  private boolean watched;

  /** A message's quiet time and what is to be told at its end. */
  private static final class Window {
    private final long until;
    private @Nullable StoredMessage waiting;

    Window(long until) {
      this.until = until;
    }
  }

  Summaries(Channel handle, Timers timers, ChannelState state, Attachments attachments) {
    this.handle = handle;
    this.timers = timers;
    this.state = state;
    this.attachments = attachments;
  }

  /** After what an entry made was handed out: what it said of messages is to be told. */
  void heard(List<Event> events) {
    for (Event event : events) {
      if (event instanceof Event.Annotated annotated && annotated.summarised()) {
        heard(annotated.whole());
      }
    }
  }

  private void heard(StoredMessage message) {
    Window window = windows.get(message.serial());
    if (window != null) {
      // also while nobody listens: what waits is told to whoever comes until then
      window.waiting = message;
    } else if (!attachments.isEmpty()) {
      tell(message);
    }
  }

  private void tell(StoredMessage message) {
    StoredMessage now = state.message(message.serial());
    Event event =
        new Event.Summarised(state.end(), timers.now(), now == null ? message : now, true);
    attachments.add(new Outgoing(handle.id().name(), event, false));
    if (windows.size() < MAX_WINDOWS) {
      windows.put(message.serial(), new Window(timers.now() + WINDOW));
      watch();
    }
  }

  private void watch() {
    if (!watched && !windows.isEmpty()) {
      watched = true;
      long wait = Math.max(1, windows.firstEntry().getValue().until - timers.now());
      timers.after(wait, () -> handle.offer(open -> open.summaries().woken()));
    }
  }

  private void woken() {
    watched = false;
    tellDue();
    watch();
  }

  /** Tells what is due, together with what else the turn has brought. */
  void tellDue() {
    long now = timers.now();
    List<StoredMessage> due = new ArrayList<>(0);
    Iterator<Window> oldest = windows.values().iterator();
    while (oldest.hasNext()) {
      Window window = oldest.next();
      if (window.until > now) {
        break;
      }
      oldest.remove();
      if (window.waiting != null) {
        due.add(window.waiting);
      }
    }
    due.forEach(this::tell);
  }

  /**
   * Past events for one who was away. Behind the first annotation of each message is told what all
   * add up to, so that a client which is cut off later has it, whatever place it has come to; and
   * again behind one that follows a change, which may have said what was so then.
   */
  static List<Outgoing> retold(String channel, List<Event> events) {
    Map<String, Event.Annotated> last = new HashMap<>();
    for (Event event : events) {
      if (event instanceof Event.Annotated one && one.summarised()) {
        last.put(one.whole().serial(), one);
      }
    }
    Set<String> told = new HashSet<>();
    List<Outgoing> outgoing = new ArrayList<>(events.size() + last.size());
    for (Event event : events) {
      outgoing.add(new Outgoing(channel, event, false));
      if (event instanceof Event.Changed changed) {
        told.remove(changed.whole().serial());
      } else if (event instanceof Event.Annotated one) {
        Event.Annotated newest = last.get(one.whole().serial());
        if (newest != null && told.add(one.whole().serial())) {
          outgoing.add(new Outgoing(channel, current(newest.whole(), event.cursor()), false));
        }
      }
    }
    return outgoing;
  }

  /** What is so at a place, though nobody can go on from there. */
  static Event.Summarised current(StoredMessage message, Cursor at) {
    return new Event.Summarised(at, message.version().timestamp(), message, false);
  }
}
