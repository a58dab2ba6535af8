package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.Event;
import io.holdfast.fold.Origin;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.fold.Serial;
import io.holdfast.fold.Verdict;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.Version;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages that are delivered and never stored: each waits for what its publisher sent before, then
 * goes out in that place. Of the channel's lane.
 */
final class Ephemerals {
  /** What is not stored is not worth more waiting, ms. */
  private static final int MAX_WAIT = 2_000;

  private static final int MAX_PUBLISHERS = 1_024;

  /** What of other nodes waits for entries; more is dropped, as it may be. */
  private static final int MAX_WAITING = 1_000;

  private static final int LOOKED_AFTER = 5;

  private final Channel handle;
  private final String channel;
  private final Timers timers;
  private final Elsewhere elsewhere;
  private final ChannelState state;
  private final Attachments attachments;
  private Cursor behind = new Cursor(0, 0, 0);
  private int sent;
  private final Deque<Late> late = new ArrayDeque<>(0);
  private boolean looking;

  /** The newest of each publisher: what is not stored leaves no marks in the fold. */
  private final Map<Publisher, Long> newest =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Publisher, Long> eldest) {
          return size() > MAX_PUBLISHERS;
        }
      };

  Ephemerals(Channel handle, Services services, ChannelState state, Attachments attachments) {
    this.handle = handle;
    this.channel = handle.id().name();
    this.timers = services.timers();
    this.elsewhere = services.elsewhere();
    this.state = state;
    this.attachments = attachments;
  }

  /** Whether it has been here before, as far as this time in memory goes. */
  boolean repeated(Origin origin) {
    Publisher publisher = origin.publisher();
    return publisher != null && newest.getOrDefault(publisher, -1L) >= origin.msgSerial();
  }

  /** To be delivered once everything before it is, or dropped if that takes too long. */
  Queued inPlace(Part.Publish publish, Ticket ticket, Pending pending) {
    long until = timers.now() + MAX_WAIT;
    Origin origin = publish.origin();
    if (origin.publisher() != null) {
      newest.put(origin.publisher(), origin.msgSerial());
    }
    return new Queued.InPlace(
        () -> {
          if (timers.now() <= until) {
            deliver(publish);
          }
          pending.done(ticket, taken(publish));
        },
        null);
  }

  /** The answer to a publish that has no place in the log. */
  static Verdict taken(Part part) {
    return new Verdict.Accepted(
        null, part instanceof Part.Publish publish ? publish.messages().size() : 1);
  }

  /**
   * One that another node has given its place.
   *
   * @param at behind what
   * @param number of the first message there
   */
  record Placed(Part.Publish publish, Cursor at, String node, int number, long time) {}

  /** Another node has one, which waits until what came before it is here too. */
  void heard(Placed placed) {
    Late one = new Late(placed, timers.now() + MAX_WAIT);
    if (late.size() < MAX_WAITING) {
      late.add(one);
      deliverLate();
    }
  }

  private record Late(Placed placed, long until) {}

  /** In the order they came: what is not stored overtakes nothing of its publisher's either. */
  private void deliverLate() {
    while (!late.isEmpty()) {
      Late next = late.peek();
      boolean over =
          next.placed.at.generation() != state.end().generation() || timers.now() > next.until;
      if (!over && next.placed.at.compareTo(state.end()) > 0) {
        if (!looking) {
          looking = true;
          timers.after(
              LOOKED_AFTER,
              () ->
                  handle.offer(
                      open -> {
                        open.ephemerals().looking = false;
                        open.ephemerals().deliverLate();
                      }));
        }
        return;
      }
      late.poll();
      if (!over) {
        deliver(next.placed);
      }
    }
  }

  private void deliver(Part.Publish publish) {
    if (!behind.equals(state.end())) {
      behind = state.end();
      sent = 0;
    }
    long time = Math.max(state.lastTime(), timers.now());
    Placed placed = new Placed(publish, behind, "", sent, time);
    sent += publish.messages().size();
    deliver(placed);
    elsewhere.deliver(handle.id(), publish, behind, placed.number, time);
  }

  private void deliver(Placed placed) {
    Part.Publish publish = placed.publish;
    long time = placed.time;
    int number = placed.number;
    List<Message> messages = new ArrayList<>();
    for (Message message : publish.messages()) {
      String serial = serial(placed, number++);
      messages.add(
          new Message(
              message.action(),
              message.id(),
              message.name(),
              message.data(),
              message.encoding(),
              message.clientId(),
              message.connectionId(),
              null,
              time,
              message.extras(),
              serial,
              new Version(serial, time, null, null, null)));
    }
    Publisher publisher = publish.origin().publisher();
    String id =
        publisher == null
            ? String.valueOf(messages.getFirst().id())
            : publisher.frame(publish.origin().msgSerial());
    Event event =
        new Event.Created(state.end(), id, messages.getFirst().connectionId(), time, messages);
    attachments.add(new Outgoing(channel, event, true));
  }

  /** Sorts behind everything before it and before everything after. */
  private String serial(Placed placed, int count) {
    String number = String.valueOf(count);
    // of two nodes that number from the same place on, each has serials of its own
    String node = placed.node.isEmpty() ? elsewhere.mark() : placed.node;
    return new Serial(placed.at, Serial.MAX_ITEMS - 1)
        + "+"
        + "0".repeat(Math.max(0, 9 - number.length()))
        + number
        + node;
  }
}
