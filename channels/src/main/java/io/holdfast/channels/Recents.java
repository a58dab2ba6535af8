package io.holdfast.channels;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** The newest events of a channel, for those who come back soon. Of the channel's lane. */
final class Recents {
  private final long maxBytes;
  private final Deque<Event> events = new ArrayDeque<>();
  private long bytes;

  /** Everything after this is here. */
  private Cursor after;

  Recents(long maxBytes, Cursor after) {
    this.maxBytes = maxBytes;
    this.after = after;
  }

  /** Begins anew: what came before is not here. */
  void startAfter(Cursor cursor) {
    events.clear();
    bytes = 0;
    after = cursor;
  }

  void add(Event event) {
    events.add(event);
    bytes += event.weight();
    while (bytes > maxBytes) {
      Event oldest = events.removeFirst();
      bytes -= oldest.weight();
      after = oldest.cursor();
    }
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

  long bytes() {
    return bytes;
  }
}
