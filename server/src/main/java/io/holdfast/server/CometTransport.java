package io.holdfast.server;

import io.holdfast.connections.Transport;
import io.holdfast.protocol.Format;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A comet connection's way out: frames wait here until the client asks for them, and leave as one
 * JSON array. What may wait is bounded as with a WebSocket: past the mark it is not writable, and
 * the link ends it when answers pile up all the same.
 *
 * <p>All on the event loop.
 */
final class CometTransport implements Transport {
  private static final String JSON = "application/json";
  private static final int FULL = 128 << 10;

  /** A stream's answer ends here: a browser keeps all of it until then. */
  private static final int MAX_STREAM = 1 << 20;

  private final CometSession session;
  private final Executor loop;
  private final boolean streaming;
  private final Traffic.Waiting waiting;
  private final List<byte[]> pending = new ArrayList<>();
  private long pendingBytes;

  /** Of the stream's, written and not out yet. */
  private long inFlight;

  private long streamed;
  private @Nullable Exchange asked;
  private @Nullable Exchange last;

  /** What the last question was answered with, until there is another; null when it is waiting. */
  private @Nullable Response answer;

  private boolean reading = true;
  private boolean inRead;
  private boolean closing;

  CometTransport(CometSession session, Executor loop, boolean streaming, Traffic.Waiting waiting) {
    this.session = session;
    this.loop = loop;
    this.streaming = streaming;
    this.waiting = waiting;
  }

  @Override
  public Executor executor() {
    return loop;
  }

  @Override
  public Format format() {
    return Format.JSON;
  }

  @Override
  public boolean writable() {
    return pendingBytes + inFlight < FULL;
  }

  @Override
  public long unsent() {
    return pendingBytes + inFlight;
  }

  @Override
  public void write(SharedFrame frame) {
    if (closing) {
      return;
    }
    byte[] bytes = frame.bytes(Format.JSON);
    waiting.sent(frame.frame(), bytes.length);
    if (frame.frame() instanceof Frame.Connected connected) {
      session.named(connected);
    }
    pending.add(bytes);
    pendingBytes += bytes.length;
  }

  @Override
  public void flush() {
    Exchange to = asked;
    if (inRead || to == null || pending.isEmpty()) {
      return;
    }
    boolean full = !writable();
    byte[] array = array();
    pending.clear();
    pendingBytes = 0;
    if (streaming) {
      inFlight += array.length;
      streamed += array.length;
      to.send(array, () -> loop.execute(() -> left(array.length)));
    } else {
      answer(to, new Response.Bytes(JSON, array));
    }
    if (streamed >= MAX_STREAM) {
      turn();
    }
    if (full && writable()) {
      // Not at once: who flushes is in the middle of something.
      loop.execute(session::writabilityChanged);
    }
  }

  private void left(int bytes) {
    boolean full = !writable();
    inFlight -= bytes;
    if (full && writable()) {
      session.writabilityChanged();
    }
  }

  /** The frames that wait, as an array; a stream's ends with a newline. */
  private byte[] array() {
    int length = pending.size() + 1 + (streaming ? 1 : 0);
    byte[] array = new byte[Math.toIntExact(pendingBytes) + length];
    int at = 0;
    for (byte[] frame : pending) {
      array[at] = (byte) (at == 0 ? '[' : ',');
      System.arraycopy(frame, 0, array, at + 1, frame.length);
      at += 1 + frame.length;
    }
    array[at] = ']';
    if (streaming) {
      array[at + 1] = '\n';
    }
    return array;
  }

  /** The client asks for what there is; it gets it now or as soon as there is something. */
  void asked(Exchange exchange) {
    turn();
    asked = exchange;
    last = exchange;
    answer = null;
    if (streaming) {
      streamed = 0;
      exchange.begin(JSON);
    }
    flush();
  }

  /** What is asked is answered, with nothing if need be, and the client is to ask again. */
  void turn() {
    Exchange to = asked;
    if (to != null) {
      if (streaming) {
        asked = null;
        to.end();
        session.answered();
      } else {
        answer(to, Response.nothing());
      }
    }
  }

  /** So is one certain question, if it is still to be answered. */
  void turn(Exchange exchange) {
    if (exchange.equals(asked)) {
      turn();
    }
  }

  private void answer(Exchange to, Response response) {
    asked = null;
    answer = response;
    to.answer(response);
    session.answered();
  }

  /** The same question once more: its answer was lost, or there is none yet. */
  boolean repeated(Exchange exchange) {
    Response again = answer;
    if (again == null) {
      return false;
    }
    exchange.answer(again);
    return true;
  }

  /** Who asked has hung up; says whether that was the last to ask. */
  boolean hungUp(Exchange exchange) {
    if (exchange.equals(asked)) {
      asked = null;
    }
    return exchange.equals(last);
  }

  @Override
  public void ping() {
    // That answers end in time is sign enough.
  }

  @Override
  public void reading(boolean on) {
    reading = on;
    if (on) {
      session.readsAgain();
    }
  }

  boolean reading() {
    return reading || closing;
  }

  boolean closing() {
    return closing;
  }

  boolean allSaid() {
    return pending.isEmpty();
  }

  @Override
  public void close() {
    if (!closing) {
      closing = true;
      inRead = false;
      flush();
      turn();
      session.closed();
    }
  }

  /** What arrived is being handled; what is flushed meanwhile leaves at the end, together. */
  void readBegins() {
    inRead = true;
  }

  void readEnds() {
    inRead = false;
    flush();
  }
}
