package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Publishes once on each of many channels, with some publishes in flight on each connection. A
 * channel's connection, and with it its node, is the same each time.
 */
final class OpeningLoad {
  private static final int PATIENCE_MILLIS = 600_000;

  private final Arguments arguments;
  private final Dialer dialer;
  private final Stage stage;
  private final int channels;
  private final int window;
  private final Random random = new Random(11);
  private final Histogram latencies = new Histogram(600_000_000_000L, 3);
  private int acked;

  OpeningLoad(Arguments arguments, Dialer dialer) {
    this.arguments = arguments;
    this.dialer = dialer;
    this.stage = new Stage(dialer.loop());
    this.channels = arguments.number("channels");
    this.window = arguments.number("window", 8);
  }

  Outcome run() {
    List<Writer> writers = new ArrayList<>();
    for (int i = 0; i < arguments.number("connections", 64); i++) {
      writers.add(new Writer(i, arguments.number("connections", 64)));
    }
    var sockets = dialer.open(writers.size(), writers::get);
    long start = System.nanoTime();
    stage.run(
        () -> {
          for (int i = 0; i < writers.size(); i++) {
            writers.get(i).start(sockets.get(i));
          }
        });
    if (!stage.await(PATIENCE_MILLIS, () -> acked == channels)) {
      throw new LoadFailure("Not all channels had their message within ten minutes.");
    }
    return new Outcome()
        .put("rate", channels / ((System.nanoTime() - start) / 1e9))
        .put("open", latencies);
  }

  private final class Writer implements ClientSocket.Reader {
    private final long[] sent = new long[window];
    private final int step;
    private int next;
    private @Nullable ClientSocket socket;
    private long msgSerial;
    private long acknowledgedBelow;

    Writer(int first, int step) {
      this.next = first;
      this.step = step;
    }

    void start(ClientSocket open) {
      socket = open;
      pump();
    }

    private void pump() {
      ClientSocket open = socket;
      if (open == null) {
        return;
      }
      while (next < channels && msgSerial - acknowledgedBelow < window) {
        String channel = arguments.text("prefix", "open") + "-" + next;
        next += step;
        var frame = new PublishFrame(channel, arguments.number("payload", 200), random);
        long now = System.nanoTime();
        sent[(int) (msgSerial % window)] = now;
        open.write(frame.encode(open.allocator(), msgSerial++, now));
      }
      open.flush();
    }

    @Override
    public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
      long action = Wire.number(buf, start, end, Wire.ACTION_KEY);
      if (action == Wire.ACK) {
        long now = System.nanoTime();
        long below = Wire.answeredBelow(buf, start, end);
        for (; acknowledgedBelow < below; acknowledgedBelow++) {
          latencies.recordValue(now - sent[(int) (acknowledgedBelow % window)]);
          acked++;
        }
        pump();
      } else if (action == Wire.NACK || Wire.endsConnection(action)) {
        stage.fail("Unexpected answer: " + Load.text(buf, start, end));
      }
    }

    @Override
    public void closed(ClientSocket from, String why) {
      stage.fail("A publisher's connection ended: " + why);
    }
  }
}
