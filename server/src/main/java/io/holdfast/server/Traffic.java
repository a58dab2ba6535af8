package io.holdfast.server;

import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.Frame;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/** Counts what passes the doors. On the way of every frame, so it only adds. */
final class Traffic {
  private static final ClassValue<Integer> NUMBERS =
      new ClassValue<>() {
        @Override
        protected Integer computeValue(Class<?> type) {
          Class<?>[] all = Frame.class.getPermittedSubclasses();
          for (int i = 0; i < all.length; i++) {
            if (all[i] == type) {
              return i;
            }
          }
          return all.length;
        }
      };

  private final LongAdder[] in = adders();
  private final LongAdder[] out = adders();
  private final LongAdder unreadable = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final LongAdder acked = new LongAdder();
  private final LongConsumer ackNanos;

  /**
   * Counters at zero.
   *
   * @param ackNanos hears how long an acknowledgement took
   */
  Traffic(LongConsumer ackNanos) {
    this.ackNanos = ackNanos;
  }

  private static LongAdder[] adders() {
    LongAdder[] adders = new LongAdder[Frame.class.getPermittedSubclasses().length + 1];
    for (int i = 0; i < adders.length; i++) {
      adders[i] = new LongAdder();
    }
    return adders;
  }

  /** What one connection waits for: one frame at a time is timed, so that it costs nothing. */
  final class Waiting {
    private static final long LOST = TimeUnit.MINUTES.toNanos(1);

    private long serial = -1;
    private long since;

    void received(Decoded decoded, int bytes) {
      bytesIn.add(bytes);
      switch (decoded) {
        case Decoded.Ok(Frame frame) -> {
          in[NUMBERS.get(frame.getClass())].increment();
          if (frame instanceof Frame.Messages messages && messages.msgSerial() >= 0) {
            time(messages.msgSerial());
          }
        }
        case Decoded.Refused refused -> unreadable.increment();
        case Decoded.Unreadable none -> unreadable.increment();
      }
    }

    private void time(long msgSerial) {
      long now = System.nanoTime();
      if (serial < 0 || now - since > LOST) {
        serial = msgSerial;
        since = now;
      }
    }

    void sent(Frame frame, int bytes) {
      bytesOut.add(bytes);
      out[NUMBERS.get(frame.getClass())].increment();
      if (frame instanceof Frame.Ack ack) {
        acked.add(ack.count());
        if (serial >= ack.msgSerial() && serial < ack.msgSerial() + ack.count()) {
          ackNanos.accept(System.nanoTime() - since);
          serial = -1;
        }
      } else if (frame instanceof Frame.Nack) {
        serial = -1;
      }
    }
  }

  /** A publish over REST has been answered. */
  void published(long nanos) {
    acked.increment();
    ackNanos.accept(nanos);
  }

  long acked() {
    return acked.sum();
  }

  long bytesIn() {
    return bytesIn.sum();
  }

  long bytesOut() {
    return bytesOut.sum();
  }

  /** Every counter of frames that arrive, by what they are. */
  Map<String, LongAdder> in() {
    Map<String, LongAdder> named = named(in);
    named.put("unreadable", unreadable);
    return named;
  }

  /** Every counter of frames that leave, by what they are. */
  Map<String, LongAdder> out() {
    return named(out);
  }

  private static Map<String, LongAdder> named(LongAdder[] adders) {
    Map<String, LongAdder> named = new TreeMap<>();
    Class<?>[] all = Frame.class.getPermittedSubclasses();
    for (int i = 0; i < all.length; i++) {
      named.put(all[i].getSimpleName().toLowerCase(java.util.Locale.ROOT), adders[i]);
    }
    return named;
  }
}
