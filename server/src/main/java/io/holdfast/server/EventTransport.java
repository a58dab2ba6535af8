package io.holdfast.server;

import io.holdfast.connections.Link;
import io.holdfast.connections.Transport;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.SharedFrame;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader's event stream as connections see it: a transport that attaches to its channels by
 * itself and makes events of what it is sent. A refusal before anything was said is an answer of
 * HTTP, later ones are an event.
 *
 * <p>All on the event loop.
 */
final class EventTransport implements Transport, Exchange.Watcher {
  private static final Logger log = LoggerFactory.getLogger(EventTransport.class);
  private static final int BATCH = 16 << 10;

  private final SocketExchange exchange;
  private final EventForm form;
  private final EventPlaces places;
  private final Traffic.Waiting waiting;
  private final ByteArrayOutputStream batch = new ByteArrayOutputStream(512);
  private @Nullable Link link;
  private @Nullable ErrorInfo why;
  private boolean begun;
  private boolean placed;
  private boolean closing;

  EventTransport(
      SocketExchange exchange, EventForm form, EventPlaces places, Traffic.Waiting waiting) {
    this.exchange = exchange;
    this.form = form;
    this.places = places;
    this.waiting = waiting;
  }

  /** The link is there, and hears from now on what becomes of the socket. */
  void opened(Link opened) {
    link = opened;
    exchange.watch(this);
  }

  void attach(Frame.Attach frame) {
    told(frame);
  }

  private void told(Frame frame) {
    Link told = link;
    if (told != null && !closing) {
      told.received(new Decoded.Ok(frame), 0);
    }
  }

  // ---- what happens to the socket ----

  /** Nobody reads any more, and who comes back starts from what it saw. */
  @Override
  public void gone() {
    told(new Frame.Close());
    if (link != null) {
      link.lost();
    }
  }

  @Override
  public void writabilityChanged() {
    if (link != null && !closing) {
      link.writabilityChanged();
    }
  }

  // ---- what the connection says ----

  @Override
  public Executor executor() {
    return exchange.loop();
  }

  @Override
  public Format format() {
    return Format.JSON;
  }

  @Override
  public boolean writable() {
    return exchange.writable();
  }

  @Override
  public long unsent() {
    return exchange.unsent() + batch.size();
  }

  @Override
  public void write(SharedFrame shared) {
    if (closing || refused()) {
      return;
    }
    int before = batch.size();
    switch (shared.frame()) {
      case Frame.Messages messages ->
          items(EventItem.of(shared), messages.channel(), messages.channelSerial());
      case Frame.Presence presence ->
          items(EventItem.of(shared), presence.channel(), presence.channelSerial());
      case Frame.Attached attached -> attached(attached);
      case Frame.Heartbeat beat -> {
        begin();
        form.heartbeat(batch);
      }
      case Frame.Disconnected end -> error(end.error());
      case Frame.Detached end -> failed(end.error());
      case Frame.ProtocolError end -> failed(end.error());
      case Frame.Connected none -> {}
      case Frame.Closed none -> {}
      case Frame.Sync none -> {}
      case Frame.Annotations none -> {}
      case Frame.Objects none -> {}
      case Frame.ObjectSync none -> {}
      case Frame.Auth none -> {}
      case Frame.Ack none -> unused(none);
      case Frame.Nack none -> unused(none);
      case Frame.Attach none -> unused(none);
      case Frame.Detach none -> unused(none);
      case Frame.Close none -> unused(none);
      case Frame.Disconnect none -> unused(none);
      case Frame.Unknown none -> unused(none);
    }
    waiting.sent(shared.frame(), batch.size() - before);
    if (batch.size() >= BATCH) {
      flush();
    }
  }

  private static void unused(Frame frame) {
    log.debug("a {} is nothing for a reader", frame.getClass().getSimpleName());
  }

  private void items(List<EventItem> items, String channel, @Nullable String place) {
    begin();
    for (int i = 0; i < items.size(); i++) {
      if (i == items.size() - 1) {
        // Those before it come again, should the reader not get so far.
        places.moved(channel, place);
      }
      form.event(batch, items.get(i), places.id());
    }
  }

  private void attached(Frame.Attached attached) {
    begin();
    places.moved(attached.channel(), attached.channelSerial());
    if (attached.error() != null) {
      form.error(batch, attached.error());
    }
    String id = places.id();
    if (id != null && !placed) {
      placed = true;
      form.place(batch, id);
    }
  }

  private void begin() {
    if (!begun) {
      begun = true;
      exchange.begin(form.type());
    }
  }

  /**
   * Whether something was refused before anything was said: then that is the answer, whatever else
   * comes meanwhile of the other channels.
   */
  private boolean refused() {
    return why != null && !begun;
  }

  private void error(@Nullable ErrorInfo error) {
    why = error;
    if (begun && error != null) {
      form.error(batch, error);
    }
  }

  /** A channel is not to be had, so the stream is not what was asked for. */
  private void failed(@Nullable ErrorInfo error) {
    error(error);
    executor().execute(() -> told(new Frame.Close()));
  }

  @Override
  public void flush() {
    if (batch.size() > 0) {
      exchange.send(batch.toByteArray(), () -> {});
      batch.reset();
    }
  }

  @Override
  public void ping() {
    // A reader says nothing: that it takes what it is sent is its sign of life.
    if (link != null && exchange.writable()) {
      link.alive();
    }
  }

  @Override
  public void reading(boolean on) {
    // There is nothing to be read.
  }

  @Override
  public void close() {
    if (closing) {
      return;
    }
    flush();
    closing = true;
    if (begun) {
      exchange.end();
    } else {
      exchange.answer(Response.fault(why == null ? ErrorCode.DISCONNECTED.info() : why));
    }
  }
}
