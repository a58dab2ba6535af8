package io.holdfast.channels;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.Event;
import io.holdfast.fold.StoredMessage;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.PresenceMessage;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection's place on one channel: its modes, what it holds, and what waits for it. Belongs
 * to its subscriber's executor.
 */
public final class Attachment {
  private final Subscriber subscriber;
  private final String connectionId;
  private final View view;
  private final long maxBacklog;
  private final Holding holding;
  private final Backlog backlog = new Backlog();
  private final @Nullable Deltas deltas;
  private boolean ended;

  /** The place that the last frame sent carried. */
  private @Nullable String place;

  /** That of its ATTACHED. */
  private @Nullable String began;

  /** What waits until nothing waits to be sent: what is given page by page. */
  private final List<Runnable> drained = new ArrayList<>(1);

  private @Nullable Pouring objects;
  private @Nullable Pouring inband;

  Attachment(
      Subscriber subscriber, String connectionId, View view, long maxBacklog, Holding holding) {
    this.subscriber = subscriber;
    this.connectionId = connectionId;
    this.view = view;
    this.maxBacklog = maxBacklog;
    this.holding = holding;
    this.deltas = view.deltas() ? new Deltas() : null;
  }

  Subscriber subscriber() {
    return subscriber;
  }

  public String connectionId() {
    return connectionId;
  }

  Seat seat() {
    return new Seat(connectionId, view.name());
  }

  View view() {
    return view;
  }

  /** What may wait here, bytes. */
  long maxBacklog() {
    return maxBacklog;
  }

  boolean has(long mode) {
    return view.has(mode);
  }

  boolean ended() {
    return ended;
  }

  /**
   * Sends all shared objects, page by page, one such sequence at a time: what has changed since
   * they were so is sent behind the first page, and is not to be told before an older state.
   *
   * @param told runs behind the last page
   */
  void syncObjects(ObjectPages pages, Runnable told) {
    Pouring pouring = objects;
    if (pouring == null) {
      pouring = new Pouring(this, pages.pageBytes());
      objects = pouring;
    }
    pouring.pour(pages, told);
  }

  /** Tells the shared objects as messages, one each. */
  void tellObjects(Pouring.Source messages) {
    Pouring pouring = inband;
    if (pouring == null) {
      pouring = new Pouring(this, Inband.BYTES);
      inband = pouring;
    }
    pouring.pour(messages);
  }

  /** Nothing more is sent; what the client holds is kept for its next attach. */
  public Holding end() {
    ended = true;
    backlog.clear();
    return holding;
  }

  private void out(SharedFrame frame) {
    String carried = null;
    if (frame.frame() instanceof Frame.Messages messages) {
      carried = messages.channelSerial();
    } else if (frame.frame() instanceof Frame.Presence presence) {
      carried = presence.channelSerial();
    } else if (frame.frame() instanceof Frame.Annotations annotations) {
      carried = annotations.channelSerial();
    } else if (frame.frame() instanceof Frame.Objects objects) {
      carried = objects.channelSerial();
    } else if (frame.frame() instanceof Frame.Attached attached) {
      carried = attached.channelSerial();
      boolean anew = place == null && (attached.flags() & Flags.RESUMED) == 0;
      began = anew ? carried : began;
    }
    place = carried == null ? place : carried;
    if (deltas != null) {
      deltas.sent(frame);
    }
    subscriber.send(frame);
  }

  /** Sends a message whole, or as the difference to the one before where that is wanted. */
  private void out(Outgoing out, SharedFrame whole) {
    out(deltas == null ? whole : deltas.next(out, whole));
    if (deltas != null) {
      // the client has made the whole of it
      deltas.sent(whole);
    }
  }

  private boolean direct() {
    return backlog.isEmpty() && subscriber.writable();
  }

  /**
   * Where a client goes on that attaches again on the same transport: what was sent behind the
   * place it presents, if it does, is on its way to it and must not come twice. Null when nothing
   * was sent.
   */
  public @Nullable String goingOnFrom(@Nullable String presented) {
    if (presented == null) {
      return place;
    }
    Cursor at = Cursor.parse(presented);
    Cursor sent = place == null ? null : Cursor.parse(place);
    if (at == null || sent == null || at.generation() != sent.generation()) {
      return presented;
    }
    // of what it was owed then, something is on its way
    boolean begun = Cursor.owedSince(presented) >= 0 && Cursor.owedSince(place) < 0;
    return begun || sent.compareTo(at) > 0 ? place : presented;
  }

  /**
   * Whether a client of deltas that presents this place has not failed to read what was sent here
   * behind it: such a client presents the place of a message that it read. That is none from before
   * where the ATTACHED began anew, which it can have presented only before it heard so (but for a
   * rewind, in which older places come), and none that an ATTACHED alone carries.
   */
  public boolean isBeyond(@Nullable String presented) {
    if (presented == null) {
      return false;
    }
    if (Cursor.owedSince(presented) >= 0) {
      return place != null && Cursor.owedSince(place) < 0;
    }
    Cursor from = Cursor.parse(presented);
    Cursor at = began == null || Cursor.owedSince(began) >= 0 ? null : Cursor.parse(began);
    return from != null && at != null && from.compareTo(at) < 0;
  }

  /**
   * Whether a client of deltas that presents such a place may all the same have failed to read the
   * very first frame, for a difference within.
   */
  public boolean mayBeUnread() {
    return deltas != null && deltas.beganWithDifferences();
  }

  /** A frame of the channel that is nobody else's, in its place among the events. */
  void send(SharedFrame frame, int size) {
    if (ended) {
      return;
    }
    if (direct()) {
      out(frame);
    } else {
      backlog.add(frame, size);
      bound();
    }
  }

  void deliver(Outgoing event) {
    if (ended) {
      return;
    }
    Outgoing under = event.under(view.name());
    Outgoing out = view.filter() == null ? under : under.through(view.filter());
    if (out != under) {
      withheld(under.event(), out == null ? null : out.event());
    }
    if (out != null) {
      pass(out);
    }
  }

  private void pass(Outgoing out) {
    switch (out.event()) {
      case Event.Created created -> created(out, created);
      case Event.Changed changed -> changed(out, changed);
      case Event.Annotated annotated -> {
        if (has(Flags.ANNOTATION_SUBSCRIBE) && !ownEcho(annotated)) {
          send(out.asItCame(), annotated.weight());
        }
      }
      case Event.Summarised summarised -> summarised(out, summarised);
      case Event.Operated operated -> {
        if (has(Flags.OBJECT_SUBSCRIBE) && !ownEcho(operated)) {
          send(out.asItCame(), operated.weight());
        }
      }
      case Event.PresenceChanged presence -> {
        if (has(Flags.PRESENCE_SUBSCRIBE) || ownMember(presence)) {
          send(out.asItCame(), presence.weight());
        }
      }
    }
  }

  /** A filter has kept something back, all of it if {@code passed} is null. */
  private void withheld(Event event, @Nullable Event passed) {
    if (event instanceof Event.Changed changed) {
      holding.withheld(changed.whole().serial(), changed.cursor());
    } else if (event instanceof Event.Created created) {
      List<Message> sent = passed instanceof Event.Created part ? part.messages() : List.of();
      for (Message message : created.messages()) {
        if (message.serial() != null && !sent.contains(message)) {
          holding.withheld(message.serial(), created.cursor());
        }
      }
    }
  }

  private boolean ownMember(Event.PresenceChanged presence) {
    for (PresenceMessage message : presence.messages()) {
      if (connectionId.equals(message.connectionId())) {
        return true;
      }
    }
    return false;
  }

  private boolean ownEcho(Event event) {
    return !view.echo() && connectionId.equals(event.connectionId());
  }

  private void created(Outgoing out, Event.Created created) {
    if (!has(Flags.SUBSCRIBE)) {
      return;
    }
    if (ownEcho(created)) {
      if (out.ephemeral()) {
        return;
      }
      for (Message message : created.messages()) {
        if (message.serial() != null) {
          holding.withheld(message.serial(), created.cursor());
        }
      }
      return;
    }
    if (direct()) {
      out(out, out.asItCame());
    } else {
      send(out.asItCame(), created.weight());
    }
  }

  private void changed(Outgoing out, Event.Changed changed) {
    if (!has(Flags.SUBSCRIBE)) {
      return;
    }
    String serial = changed.whole().serial();
    if (ownEcho(changed)) {
      holding.withheld(serial, changed.cursor());
      return;
    }
    Holding.Need need = holding.need(changed);
    if (need == Holding.Need.NOTHING) {
      return;
    }
    if (view.wholeAppends()) {
      need = Holding.Need.WHOLE;
    }
    if (direct()) {
      if (need == Holding.Need.WHOLE) {
        holding.sentWhole(serial, Backlog.through(changed));
        if (Outgoing.isAppend(changed)) {
          out(out.whole(changed));
        } else {
          out(out, out.whole(changed));
        }
      } else {
        out(out.asItCame());
      }
      return;
    }
    // what comes next continues what waits here
    backlog.add(out, changed, need, holding);
    bound();
  }

  private void summarised(Outgoing out, Event.Summarised summarised) {
    if (!has(Flags.SUBSCRIBE)) {
      return;
    }
    if (direct()) {
      out(out.asItCame());
    } else {
      backlog.add(out, summarised);
      bound();
    }
  }

  private void bound() {
    if (backlog.bytes() > maxBacklog) {
      overrun(
          backlog.bytes()
              + " bytes were waiting to be read, more than the limit; the connection can resume"
              + " from where it is");
    }
  }

  /** The end for a reader that cannot keep up. */
  void overrun(String why) {
    if (!ended) {
      end();
      subscriber.overrun(ErrorCode.SLOW_READER.info(why));
    }
  }

  /** A message from before the attachment, as it stands by now. */
  void rewound(StoredMessage message, SharedFrame frame, Cursor attachedAt) {
    if (view.filter() != null && !view.filter().passes(message.message())) {
      return;
    }
    if (ended || (!view.echo() && connectionId.equals(message.message().connectionId()))) {
      return;
    }
    holding.rewound(message.serial(), message.madeAt(), attachedAt);
    send(frame, message.weight());
  }

  /** The subscriber has room again: what waited goes out. */
  public void writable() {
    while (!ended && subscriber.writable()) {
      SharedFrame next = backlog.next();
      if (next == null) {
        break;
      }
      out(next);
    }
    tellDrained();
  }

  /** Runs a task once all that waits here by now has left, or will not leave any more. */
  public void behind(Runnable task) {
    if (backlog.isEmpty()) {
      task.run();
    } else {
      backlog.add(task);
    }
  }

  /** Runs a task once nothing waits here. */
  void whenDrained(Runnable task) {
    drained.add(task);
    tellDrained();
  }

  private void tellDrained() {
    while (!drained.isEmpty() && (ended || backlog.isEmpty())) {
      drained.removeFirst().run();
    }
  }
}
