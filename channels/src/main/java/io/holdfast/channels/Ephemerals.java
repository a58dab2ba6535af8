package io.holdfast.channels;

import io.holdfast.fold.ChannelState;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.Event;
import io.holdfast.fold.Part;
import io.holdfast.fold.Publisher;
import io.holdfast.fold.Serial;
import io.holdfast.fold.Verdict;
import io.holdfast.protocol.Message;
import io.holdfast.protocol.Version;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages that are delivered and never stored: each waits for what its publisher sent before, then
 * goes out in that place. Of the channel's lane.
 */
final class Ephemerals {
  /** What is not stored is not worth more waiting, ms. */
  private static final int MAX_WAIT = 2_000;

  private final String channel;
  private final Timers timers;
  private final ChannelState state;
  private final Attachments attachments;
  private Cursor behind = new Cursor(0, 0, 0);
  private int sent;

  Ephemerals(String channel, Timers timers, ChannelState state, Attachments attachments) {
    this.channel = channel;
    this.timers = timers;
    this.state = state;
    this.attachments = attachments;
  }

  /** To be delivered once everything before it is, or dropped if that takes too long. */
  Queued inPlace(Part.Publish publish, Ticket ticket, Pending pending) {
    long until = timers.now() + MAX_WAIT;
    return new Queued.InPlace(
        () -> {
          if (timers.now() <= until) {
            deliver(publish);
          }
          pending.done(ticket, new Verdict.Accepted(null, publish.messages().size()));
        },
        null);
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
