package io.holdfast.channels;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.Event;
import io.holdfast.fold.StoredMessage;
import io.holdfast.protocol.Data;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The newest events of a channel, for those who come back soon. Of the channel's lane. */
final class Recents {
  private final long maxBytes;
  private final Deque<Event> events = new ArrayDeque<>();
  private long bytes;

  /** Arrays of whole messages that events keep alive, each counted once: how many events do. */
  private final IdentityHashMap<byte[], Integer> arrays = new IdentityHashMap<>();

  /** Everything after this is here. */
  private Cursor after;

  Recents(long maxBytes, Cursor after) {
    this.maxBytes = maxBytes;
    this.after = after;
  }

  /** Begins anew: what came before is not here. */
  void startAfter(Cursor cursor) {
    events.clear();
    arrays.clear();
    bytes = 0;
    after = cursor;
  }

  void add(Event event) {
    events.add(event);
    bytes += event.weight();
    byte[] array = array(event);
    if (array != null && arrays.merge(array, 1, Integer::sum) == 1) {
      bytes += array.length;
    }
    while (bytes > maxBytes) {
      Event oldest = events.removeFirst();
      bytes -= oldest.weight();
      byte[] old = array(oldest);
      if (old != null
          && arrays.merge(old, -1, (n, less) -> n + less == 0 ? null : n + less) == null) {
        bytes -= old.length;
      }
      after = oldest.cursor();
    }
  }

  /**
   * The array behind a changed or annotated message, which its later versions share until it grows.
   */
  private static byte @Nullable [] array(Event event) {
    Data data =
        switch (event) {
          case Event.Changed changed -> changed.whole().message().data();
          case Event.Annotated annotated -> annotated.whole().message().data();
          case Event.Created e -> null;
          case Event.Summarised e -> null;
          case Event.Operated e -> null;
          case Event.PresenceChanged e -> null;
        };
    return data == null ? null : data.array();
  }

  /** Whether everything after a cursor is here. */
  boolean covers(Cursor cursor) {
    return cursor.compareTo(after) >= 0;
  }

  /** The events after a cursor that is covered. */
  List<Event> since(Cursor cursor) {
    List<Event> since = new ArrayList<>();
    var backwards = events.descendingIterator();
    while (backwards.hasNext()) {
      Event event = backwards.next();
      if (event.cursor().compareTo(cursor) <= 0) {
        break;
      }
      since.add(event);
    }
    Collections.reverse(since);
    return since;
  }

  /**
   * The messages that were annotated at a place or up to so long before it, as they stood after the
   * last time; null if what is here does not go back that far.
   */
  @Nullable List<StoredMessage> annotatedBefore(Cursor at, int ms) {
    Map<String, StoredMessage> annotated = new LinkedHashMap<>();
    long from = Long.MAX_VALUE;
    var backwards = events.descendingIterator();
    while (backwards.hasNext()) {
      Event event = backwards.next();
      boolean before = event.cursor().compareTo(at) <= 0;
      if (before && from == Long.MAX_VALUE) {
        from = event.time() - ms;
      }
      if (before && event.time() < from) {
        return List.copyOf(annotated.values());
      }
      if (before && event instanceof Event.Annotated one && one.summarised()) {
        annotated.putIfAbsent(one.whole().serial(), one.whole());
      }
    }
    return after.position() == 0 ? List.copyOf(annotated.values()) : null;
  }

  long bytes() {
    return bytes;
  }
}
