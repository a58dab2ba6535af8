package io.holdfast.channels;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.Event;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a reader that is slow. Changes to one message merge into the earliest of them:
 * deltas are joined, or become the whole message where that is smaller. The merged frame carries
 * the earliest place, so that a resume can only repeat. Of the attachment's executor; its bytes are
 * bounded by the attachment.
 */
final class Backlog {
  private static final int FRAME = 300;

  private final Deque<Item> items = new ArrayDeque<>();
  private final Map<String, Item> byMessage = new HashMap<>();
  private final Map<String, Item> summaries = new HashMap<>();
  private long bytes;

  /** One frame to be, or what is to be done when those before it have left. */
  static final class Item {
    private @Nullable SharedFrame frame;
    private @Nullable Runnable then;
    private final @Nullable Cursor first;
    private @Nullable Outgoing last;

    /** Of a summary, how far the message is folded that it is of. */
    private long through;

    private boolean whole;
    private boolean merged;
    private final List<Data> deltas = new ArrayList<>(1);
    private int joined;
    private int size;

    Item(@Nullable SharedFrame frame, @Nullable Cursor first) {
      this.frame = frame;
      this.first = first;
    }
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  long bytes() {
    return bytes;
  }

  /** What is to be done when everything before has left, or is thrown away. */
  void add(Runnable then) {
    Item item = new Item(null, null);
    item.then = then;
    items.add(item);
  }

  /** A frame to be sent as it is. */
  void add(SharedFrame frame, int size) {
    Item item = new Item(frame, null);
    item.size = size + FRAME;
    items.add(item);
    bytes += item.size;
  }

  /** What a message's annotations add up to: a later one takes the place of one that waits. */
  void add(Outgoing out, Event.Summarised summarised) {
    Item waiting = summaries.get(summarised.whole().serial());
    if (waiting == null) {
      add(out.asItCame(), summarised.weight());
      items.getLast().through = summarised.whole().through();
      summaries.put(summarised.whole().serial(), items.getLast());
    } else {
      become(waiting, out.channel(), summarised);
      // behind what waits by now, which may say what was so before
      items.remove(waiting);
      items.add(waiting);
    }
  }

  private void become(Item waiting, String channel, Event.Summarised summarised) {
    Event event = Summaries.current(summarised.whole(), summarised.cursor());
    bytes += summarised.weight() + FRAME - waiting.size;
    waiting.size = summarised.weight() + FRAME;
    waiting.frame = new Outgoing(channel, event, false).asItCame();
    waiting.through = summarised.whole().through();
  }

  /**
   * A whole message has come before a summary that waits, and says more than that: a later summary
   * may have been kept back by a filter that the message passes again.
   */
  private void overtaken(Outgoing out, Event.Changed changed) {
    Item waiting = summaries.get(changed.whole().serial());
    if (waiting != null && changed.whole().through() > waiting.through) {
      become(waiting, out.channel(), Summaries.current(changed.whole(), changed.cursor()));
    }
  }

  /**
   * A change to a message, as the client needs it; notes in {@code holding} what the client has
   * once all that waits is sent.
   */
  void add(Outgoing out, Event.Changed changed, Holding.Need need, Holding holding) {
    String serial = changed.whole().serial();
    Item item = byMessage.get(serial);
    if (item == null) {
      item = new Item(null, changed.cursor());
      items.add(item);
      byMessage.put(serial, item);
    } else {
      item.merged = true;
      bytes -= item.size;
    }
    item.last = out;
    int extras = changed.delta().extras() == null ? 0 : changed.delta().extras().json().length();
    if (need == Holding.Need.WHOLE) {
      item.whole = true;
    } else if (!item.whole) {
      Data delta = changed.delta().data();
      if (delta != null) {
        item.deltas.add(delta);
        item.joined += delta.length();
      }
      item.whole = item.joined > length(changed);
    }
    int data = item.whole ? length(changed) : item.joined;
    if (item.whole) {
      item.deltas.clear();
    }
    item.size = FRAME + extras + data;
    bytes += item.size;
    if (item.whole && item.merged) {
      overtaken(out, changed);
    }
    if (item.whole) {
      holding.sentWhole(serial, through(changed));
    } else if (item.merged) {
      holding.sentAhead(serial, changed.cursor());
    }
  }

  private static int length(Event.Changed changed) {
    Data data = changed.whole().message().data();
    return data == null ? 0 : data.length();
  }

  /** The next frame. */
  @Nullable SharedFrame next() {
    Item item = items.poll();
    while (item != null && item.then != null) {
      item.then.run();
      item = items.poll();
    }
    if (item == null) {
      return null;
    }
    bytes -= item.size;
    if (item.frame != null) {
      if (!summaries.isEmpty()) {
        summaries.values().remove(item);
      }
      return item.frame;
    }
    Outgoing last = item.last;
    Cursor first = item.first;
    if (last == null || first == null || !(last.event() instanceof Event.Changed changed)) {
      throw new IllegalStateException("a waiting frame without an event");
    }
    byMessage.remove(changed.whole().serial());
    if (item.whole) {
      return item.merged
          ? new SharedFrame(Frames.whole(last.channel(), changed.whole(), first))
          : last.whole(changed);
    }
    if (!item.merged) {
      return last.asItCame();
    }
    return new SharedFrame(Frames.joined(last.channel(), changed, join(item.deltas), first));
  }

  /** What a whole message holds: its own state, which in a replay is newer than the event. */
  static Cursor through(Event.Changed changed) {
    Cursor cursor = changed.cursor();
    Cursor made = changed.whole().madeAt();
    return made.compareTo(cursor) > 0 ? made : cursor;
  }

  private static Data join(List<Data> deltas) {
    if (deltas.isEmpty()) {
      return Data.text("");
    }
    int length = deltas.stream().mapToInt(Data::length).sum();
    byte[] joined = new byte[length];
    int at = 0;
    for (Data delta : deltas) {
      System.arraycopy(delta.array(), 0, joined, at, delta.length());
      at += delta.length();
    }
    return Data.view(deltas.getFirst().kind(), joined, length);
  }

  void clear() {
    List<Item> gone = List.copyOf(items);
    items.clear();
    byMessage.clear();
    summaries.clear();
    bytes = 0;
    for (Item item : gone) {
      if (item.then != null) {
        item.then.run();
      }
    }
  }
}
