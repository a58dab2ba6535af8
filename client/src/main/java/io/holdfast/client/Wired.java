package io.holdfast.client;

import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.Frame;
import org.jspecify.annotations.Nullable;

/**
 * A transport whose events come on the loop. Owned by the loop; whoever uses it is told, first the
 * {@link Attempt} that made it and then the {@link Link}.
 */
final class Wired implements Transport.Events {
  /** Frames are accounted for in batches, well below any transport's window. */
  private static final int TAKEN_BATCH = 32;

  /** Who is told. */
  interface Sink {
    void opened(Wired from);

    void frame(Wired from, Decoded frame);

    void lost(Wired from, Transport.Loss why);
  }

  private final Loop loop;
  private final Transport.Target target;
  private Sink sink;
  private @Nullable Transport transport;
  private boolean over;
  private int taken;

  Wired(Loop loop, Transport.Target target, Sink sink) {
    this.loop = loop;
    this.target = target;
    this.sink = sink;
  }

  void dial(Transport.Dialer dialer) {
    transport = dialer.dial(target, this);
  }

  Transport.Target target() {
    return target;
  }

  /** From now on somebody else is told. */
  void sink(Sink next) {
    sink = next;
  }

  Transport transport() {
    if (transport == null) {
      throw new IllegalStateException("not dialled");
    }
    return transport;
  }

  void send(Frame frame) {
    transport().send(frame);
  }

  /** Ends it; nothing is told after this. */
  void close() {
    over = true;
    if (transport != null) {
      transport.close();
    }
  }

  @Override
  public void opened() {
    loop.execute(
        () -> {
          if (!over) {
            sink.opened(this);
          }
        });
  }

  @Override
  public void frame(Decoded frame) {
    loop.execute(
        () -> {
          if (over) {
            return;
          }
          sink.frame(this, frame);
          if (++taken == TAKEN_BATCH) {
            taken = 0;
            transport().taken(TAKEN_BATCH);
          }
        });
  }

  @Override
  public void lost(Transport.Loss why) {
    loop.execute(
        () -> {
          if (!over) {
            over = true;
            sink.lost(this, why);
          }
        });
  }
}
