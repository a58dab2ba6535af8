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
import java.util.ArrayList;
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

  private final String channel;
  private final Timers timers;
  private final ChannelState state;
  private final Attachments attachments;
  private Cursor behind = new Cursor(0, 0, 0);
  private int sent;

  /** The newest of each publisher: what is not stored leaves no marks in the fold. */
  private final Map<Publisher, Long> newest =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Publisher, Long> eldest) {
          return size() > MAX_PUBLISHERS;
        }
      };

  Ephemerals(String channel, Timers timers, ChannelState state, Attachments attachments) {
    this.channel = channel;
    this.timers = timers;
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

  private void deliver(Part.Publish publish) {
    long time = Math.max(state.lastTime(), timers.now());
    List<Message> messages = new ArrayList<>();
    for (Message message : publish.messages()) {
      String serial = nextSerial();
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
  private String nextSerial() {
    if (!behind.equals(state.end())) {
      behind = state.end();
      sent = 0;
    }
    String number = String.valueOf(sent++);
    return new Serial(behind, Serial.MAX_ITEMS - 1)
        + "+"
        + "0".repeat(Math.max(0, 9 - number.length()))
        + number;
  }
}
