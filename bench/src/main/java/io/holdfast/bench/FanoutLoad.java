package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One publisher, one channel, many subscribers: first with a window of messages that not everybody
 * has received yet, then on a schedule at half that rate. A delivery is a frame at least as long as
 * the payload; one socket in sixteen is read closely for latency and for frames that hold more than
 * one message, which the count by frames would miss.
 */
final class FanoutLoad {
  private static final String CHANNEL = "fanout";
  private static final int SAMPLE = 16;

  private final Dialer dialer;
  private final Stage stage;
  private final Arguments arguments;
  private final int subscribers;
  private final int payload;
  private final int window;
  private final PublishFrame frame;
  private final Histogram latencies = new Histogram(60_000_000_000L, 3);

  private @Nullable ClientSocket publisher;
  private boolean closedLoop;
  private long published;
  private long delivered;
  private long deliveredBefore;
  private long sampledFrames;
  private long sampledBytes;

  FanoutLoad(Arguments arguments, Dialer dialer) {
    this.arguments = arguments;
    this.dialer = dialer;
    this.stage = new Stage(dialer.loop());
    this.subscribers = arguments.number("subscribers", 1000);
    this.payload = arguments.number("payload", 200);
    this.window = arguments.number("window", 32);
    this.frame = new PublishFrame(CHANNEL, payload, new Random(1));
  }

  Outcome run() {
    var sockets = dialer.open(subscribers, i -> new Subscriber(i % SAMPLE == 0));
    sockets.stream().map(socket -> socket.attach(CHANNEL)).toList().forEach(Dialer::await);
    ClientSocket opened = dialer.open(1, i -> new Acks()).getFirst();
    stage.run(
        () -> {
          publisher = opened;
          closedLoop = true;
          pump();
        });
    stage.sleep(arguments.number("warmup", 2000));
    var outcome = new Outcome();
    double rate = measured(outcome, "closed", arguments.number("millis", 4000));
    stage.run(() -> closedLoop = false);
    boolean whole = stage.await(10_000, () -> delivered == published * subscribers);
    if (arguments.number("half", 0) > 0 && whole) {
      whole = half(outcome, rate / 2 / subscribers);
    }
    return outcome
        .put("missing", stage.on(() -> (double) (published * subscribers - delivered)))
        .put("frameBytes", (double) sampledBytes / Math.max(1, sampledFrames));
  }

  private boolean half(Outcome outcome, double perSecond) {
    var pacer =
        stage.on(
            () -> {
              var open = new Pacer(dialer.loop(), perSecond, new Scheduled());
              open.run();
              return open;
            });
    stage.sleep(300);
    var _ = measured(outcome, "half", arguments.number("half", 0));
    stage.run(pacer::stop);
    return stage.await(10_000, () -> delivered == published * subscribers);
  }

  private double measured(Outcome outcome, String prefix, int millis) {
    stage.run(
        () -> {
          latencies.reset();
          deliveredBefore = delivered;
        });
    var meter = Meter.of(arguments);
    stage.sleep(millis);
    return stage.on(
        () -> {
          long count = delivered - deliveredBefore;
          double seconds = meter.stop(outcome, prefix, count);
          outcome.put(prefix, latencies);
          return (double) count / seconds;
        });
  }

  private void pump() {
    boolean wrote = false;
    while (closedLoop && delivered >= (published - window + 1) * subscribers) {
      publish(System.nanoTime());
      wrote = true;
    }
    if (wrote) {
      publisher().flush();
    }
  }

  private void publish(long stamp) {
    publisher().write(frame.encode(publisher().allocator(), published++, stamp));
  }

  private ClientSocket publisher() {
    ClientSocket now = publisher;
    if (now == null) {
      throw new IllegalStateException("Publishing starts before the publisher is connected.");
    }
    return now;
  }

  private void refuse(ByteBuf buf, int from, int to) {
    long action = Wire.number(buf, from, to, Wire.ACTION_KEY);
    if (action == Wire.NACK || Wire.endsConnection(action)) {
      stage.fail("Unexpected answer: " + Load.text(buf, from, to));
    }
  }

  private final class Scheduled implements Pacer.Due {
    @Override
    public void at(long nanos) {
      publish(nanos);
    }

    @Override
    public void batchComplete() {
      publisher().flush();
    }
  }

  private final class Acks implements ClientSocket.Reader {
    @Override
    public void frame(ClientSocket socket, ByteBuf buf, int from, int to) {
      refuse(buf, from, to);
    }

    @Override
    public void closed(ClientSocket socket, String why) {
      stage.fail("The publisher's connection ended: " + why);
    }
  }

  private final class Subscriber implements ClientSocket.Reader {
    private final boolean sampled;

    Subscriber(boolean sampled) {
      this.sampled = sampled;
    }

    @Override
    public void frame(ClientSocket socket, ByteBuf buf, int from, int to) {
      if (to - from < payload) {
        refuse(buf, from, to);
        return;
      }
      delivered++;
      if (sampled) {
        sample(buf, from, to);
      }
    }

    private void sample(ByteBuf buf, int from, int to) {
      long stamp = Wire.stamp(buf, from, to);
      if (stamp < 0) {
        stage.fail("A frame without the published payload: " + Load.text(buf, from, to));
        return;
      }
      int second = buf.indexOf(from, to, Wire.STAMP) + 1;
      if (buf.indexOf(second, to, Wire.STAMP) >= 0) {
        stage.fail("Several messages in one frame: the driver counts frames.");
      }
      latencies.recordValue(Math.max(0, System.nanoTime() - stamp));
      sampledFrames++;
      sampledBytes += to - from;
    }

    @Override
    public void readComplete(ClientSocket socket) {
      pump();
    }

    @Override
    public void closed(ClientSocket socket, String why) {
      stage.fail("A subscriber's connection ended: " + why);
    }
  }
}
