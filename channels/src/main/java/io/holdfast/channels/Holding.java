package io.holdfast.channels;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.Event;
import io.holdfast.fold.Serial;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client holds of the messages of one channel, so that a delta only ever goes to a client
 * that holds exactly what it continues.
 *
 * <p>Every message created after {@code after} is held, its create having been sent; beside that at
 * most {@link #MAX_OTHERS} are known one by one. What falls out is taken as not held: such a
 * message is sent whole again, which repeats and never doubles. Owned by one thread at a time; it
 * outlives an attachment to serve the next one of the same connection.
 */
public final class Holding {
  static final int MAX_OTHERS = 256;

  private String after;
  private final LinkedHashMap<String, Held> others = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * One message.
   *
   * @param through the client has its data through here
   * @param lost the client may not hold it as it was: send it whole
   * @param behind it was sent behind this place, though it is older; null if it was sent in its own
   */
  private record Held(Cursor through, boolean lost, @Nullable Cursor behind) {
    boolean receivedBy(Cursor cursor) {
      return !lost
          && through.compareTo(cursor) <= 0
          && (behind == null || behind.compareTo(cursor) < 0);
    }
  }

  /** What a delivery needs to be. */
  enum Need {
    NOTHING,
    DELTA,
    WHOLE
  }

  Holding(Cursor after) {
    this.after = bound(after);
  }

  /** The serial that everything created at or before a cursor sorts at or below. */
  private static String bound(Cursor cursor) {
    return new Serial(cursor, Serial.MAX_ITEMS - 1).toString();
  }

  /** What a client needs of a change, given what it holds. */
  Need need(Event.Changed changed) {
    Held held = others.get(changed.whole().serial());
    if (held != null) {
      if (held.lost) {
        return Need.WHOLE;
      }
      if (changed.cursor().compareTo(held.through) <= 0) {
        return Need.NOTHING;
      }
    }
    boolean holds = held != null || changed.whole().serial().compareTo(after) > 0;
    return holds && Outgoing.isAppend(changed) ? Need.DELTA : Need.WHOLE;
  }

  /** A message was sent whole, with data through a cursor. */
  void sentWhole(String serial, Cursor through) {
    put(serial, new Held(through, false, null));
  }

  /** A message from the past was sent whole, behind the ATTACHED that stands at a cursor. */
  void rewound(String serial, Cursor through, Cursor attachedAt) {
    put(serial, new Held(through, false, attachedAt));
  }

  /** Deltas were sent in one frame that stands earlier in the order than its data reaches. */
  void sentAhead(String serial, Cursor through) {
    put(serial, new Held(through, false, null));
  }

  /** A change was kept from the client, so what it holds of the message is not what is. */
  void withheld(String serial, Cursor at) {
    put(serial, new Held(at, true, null));
  }

  /** The client is back, and has received everything at or before a cursor and nothing else. */
  void resumedAt(Cursor cursor) {
    for (Map.Entry<String, Held> other : others.entrySet()) {
      Held held = other.getValue();
      if (!held.receivedBy(cursor)) {
        other.setValue(new Held(held.through, true, null));
      }
    }
    String bound = bound(cursor);
    if (bound.compareTo(after) < 0) {
      // all that was created since is sent again
      after = bound;
    }
  }

  private void put(String serial, Held held) {
    Held before = others.get(serial);
    if (before != null && before.lost && before.through.compareTo(held.through) > 0) {
      // what waited for a slow reader leaves behind something newer that was kept from it
      return;
    }
    others.put(serial, held);
    if (others.size() > MAX_OTHERS) {
      Iterator<String> oldest = others.keySet().iterator();
      String out = oldest.next();
      oldest.remove();
      if (out.compareTo(after) > 0) {
        after = out;
      }
    }
  }

  /** What a connection that is known by nothing else holds. */
  static Holding orNew(@Nullable Holding held, Cursor at) {
    if (held == null) {
      return new Holding(at);
    }
    held.resumedAt(at);
    return held;
  }
}
