package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Channels with some readers each, every reader a connection, and messages on a schedule. Readers
 * and writers are spread over the nodes, or stand on different ones ({@code --apart}): those that
 * publish on the first, those that read on the second. Every reader must get every message of its
 * channel once and in order.
 */
final class DeliveryLoad {
  private static final int DRAIN_MILLIS = 15_000;

  private final Arguments arguments;
  private final Dialer dialer;
  private final Stage stage;
  private final int channels;
  private final int readers;
  private final Histogram latencies = new Histogram(60_000_000_000L, 3);
  private final List<PublishFrame> frames = new ArrayList<>();
  private final List<Writer> writers = new ArrayList<>();
  private long published;
  private long acked;
  private long delivered;
  private long deliveredBefore;

  DeliveryLoad(Arguments arguments, Dialer dialer) {
    this.arguments = arguments;
    this.dialer = dialer;
    this.stage = new Stage(dialer.loop());
    this.channels = arguments.number("channels", 100);
    this.readers = arguments.number("readers", 1);
  }

  Outcome run() {
    boolean apart = arguments.text("apart", "no").equals("yes");
    int nodes = dialer.ports();
    openReaders(apart ? dialer.only(1 % nodes) : dialer);
    for (int i = 0; i < (apart ? 1 : nodes); i++) {
      var writer = new Writer();
      ClientSocket socket = dialer.only(i).open(1, _ -> writer).getFirst();
      stage.run(() -> writer.socket = socket);
      writers.add(writer);
    }
    var pacer =
        stage.on(
            () -> {
              var open = new Pacer(dialer.loop(), arguments.number("rate"), new Scheduled());
              open.run();
              return open;
            });
    stage.sleep(arguments.number("warmup", 2000));
    var outcome = new Outcome();
    stage.run(
        () -> {
          latencies.reset();
          deliveredBefore = delivered;
        });
    var meter = Meter.of(arguments);
    stage.sleep(arguments.number("millis", 4000));
    stage.run(
        () -> {
          var _ = meter.stop(outcome, "open", delivered - deliveredBefore);
          outcome.put("open", latencies);
          pacer.stop();
        });
    if (!stage.await(DRAIN_MILLIS, () -> delivered == published * readers && acked == published)) {
      throw new LoadFailure(
          "%d publishes, %d acknowledged, %d deliveries of %d."
              .formatted(published, acked, delivered, published * readers));
    }
    return outcome;
  }

  private void openReaders(Dialer on) {
    var all = new ArrayList<Reader>();
    for (int i = 0; i < channels * readers; i++) {
      all.add(new Reader());
    }
    var sockets = on.open(all.size(), all::get);
    for (int channel = 0; channel < channels; channel++) {
      frames.add(
          new PublishFrame(name(channel), arguments.number("payload", 200), new Random(channel)));
    }
    for (int i = 0; i < sockets.size(); i++) {
      // Neighbours are on different nodes, as are the readers of one channel.
      var _ = Dialer.await(sockets.get(i).attach(name(i / readers)));
    }
  }

  private String name(int channel) {
    return arguments.text("prefix", "delivery") + "-" + channel;
  }

  private final class Scheduled implements Pacer.Due {
    @Override
    public void at(long nanos) {
      int channel = (int) (published++ % channels);
      writers.get(channel % writers.size()).publish(frames.get(channel), nanos);
    }

    @Override
    public void batchComplete() {
      writers.forEach(Writer::flush);
    }
  }

  private final class Writer implements ClientSocket.Reader {
    private @Nullable ClientSocket socket;
    private long msgSerial;
    private boolean wrote;

    void publish(PublishFrame frame, long due) {
      ClientSocket open = socket;
      if (open == null) {
        throw new IllegalStateException("Publishing starts before the writer is connected.");
      }
      open.write(frame.encode(open.allocator(), msgSerial++, due));
      wrote = true;
    }

    void flush() {
      ClientSocket open = socket;
      if (open != null && wrote) {
        wrote = false;
        open.flush();
      }
    }

    @Override
    public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
      long action = Wire.number(buf, start, end, Wire.ACTION_KEY);
      if (action == Wire.ACK) {
        acked += Wire.answered(buf, start, end);
      } else if (action == Wire.NACK || Wire.endsConnection(action)) {
        stage.fail("Unexpected answer: " + Load.text(buf, start, end));
      }
    }

    @Override
    public void closed(ClientSocket from, String why) {
      stage.fail("A writer's connection ended: " + why);
    }
  }

  private final class Reader implements ClientSocket.Reader {
    private long last = Long.MIN_VALUE;

    @Override
    public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
      long stamp = Wire.stamp(buf, start, end);
      if (stamp < 0) {
        if (Wire.endsConnection(Wire.number(buf, start, end, Wire.ACTION_KEY))) {
          stage.fail("Unexpected answer: " + Load.text(buf, start, end));
        }
        return;
      }
      if (stamp <= last) {
        stage.fail("A reader got a message twice, or after a later one.");
      }
      last = stamp;
      int second = buf.indexOf(start, end, Wire.STAMP) + 1;
      if (buf.indexOf(second, end, Wire.STAMP) >= 0) {
        stage.fail("Several messages in one frame: the driver counts frames.");
      }
      latencies.recordValue(Math.max(0, System.nanoTime() - stamp));
      delivered++;
    }

    @Override
    public void closed(ClientSocket from, String why) {
      stage.fail("A reader's connection ended: " + why);
    }
  }
}
