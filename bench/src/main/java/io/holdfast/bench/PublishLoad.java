package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Connections that publish with one message or operation in flight each: first as fast as the acks
 * come, then on a schedule at half that rate, where the latency counts from the instant a publish
 * was due.
 */
final class PublishLoad {
  private enum Pace {
    STOPPED,
    CLOSED,
    OPEN
  }

  /** An open loop so far behind measures nothing but its own queue. */
  private static final int MAX_OVERDUE = 200_000;

  private final Arguments arguments;
  private final Dialer dialer;
  private final Stage stage;
  private final ArrayDeque<Publisher> idle = new ArrayDeque<>();
  private final ArrayDeque<Long> overdue = new ArrayDeque<>();
  private final Histogram latencies = new Histogram(60_000_000_000L, 3);
  private final long startedMillis = System.currentTimeMillis();
  private Pace pace = Pace.STOPPED;
  private long acked;

  /** Also of those that only warm it. */
  private long allAcked;

  PublishLoad(Arguments arguments, Dialer dialer) {
    this.arguments = arguments;
    this.dialer = dialer;
    this.stage = new Stage(dialer.loop());
  }

  Outcome run() {
    int connections = arguments.number("connections", 64);
    var publishers = new ArrayList<Publisher>();
    for (int i = 0; i < connections; i++) {
      publishers.add(new Publisher(frames(i, connections)));
    }
    var sockets = dialer.open(connections, publishers::get);
    stage.run(
        () -> {
          for (int i = 0; i < connections; i++) {
            publishers.get(i).socket = sockets.get(i);
            idle.add(publishers.get(i));
          }
        });

    stage.run(this::closed);
    stage.sleep(arguments.number("warmup", 2000));
    var outcome = new Outcome();
    double rate = measured(outcome, "closed", arguments.number("millis", 4000));
    if (!stage.await(10_000, this::drained)) {
      throw new LoadFailure("Some publishes were never acknowledged.");
    }
    if (arguments.number("half", 0) > 0) {
      half(outcome, rate / 2);
    }
    return outcome.put("acked", stage.on(() -> (double) allAcked));
  }

  /** On one channel of its own or of all, or by turns on its share of so many. */
  private FrameShape frames(int publisher, int connections) {
    String channels = arguments.text("channels", "own");
    int payload = arguments.number("payload", 200);
    String prefix = arguments.text("prefix", arguments.text("what", "messages")) + "-";
    int count =
        switch (channels) {
          case "own" -> connections;
          case "one" -> 1;
          default -> arguments.number("channels");
        };
    List<FrameShape> all = new ArrayList<>();
    for (int channel = publisher % count; channel < count; channel += connections) {
      all.add(frames(prefix + channel, publisher, payload));
    }
    return all.size() == 1 ? all.getFirst() : new FramesByTurns(all);
  }

  /** Messages, unless operations on objects are asked for. */
  private FrameShape frames(String channel, int publisher, int payload) {
    var random = new Random(publisher);
    return switch (arguments.text("what", "messages")) {
      case "messages" -> new PublishFrame(channel, payload, random);
      case "sets" -> ObjectFrames.sets(channel, publisher, payload, random);
      case "increments" -> ObjectFrames.increments(channel, startedMillis);
      default -> throw new LoadFailure("Nothing is published as " + arguments.text("what", ""));
    };
  }

  private void half(Outcome outcome, double perSecond) {
    var pacer =
        stage.on(
            () -> {
              pace = Pace.OPEN;
              var open = new Pacer(dialer.loop(), perSecond, this::due);
              open.run();
              return open;
            });
    stage.sleep(300);
    var _ = measured(outcome, "half", arguments.number("half", 0));
    stage.run(pacer::stop);
  }

  private double measured(Outcome outcome, String prefix, int millis) {
    stage.run(
        () -> {
          latencies.reset();
          acked = 0;
        });
    var meter = Meter.of(arguments);
    stage.sleep(millis);
    return stage.on(
        () -> {
          double seconds = meter.stop(outcome, prefix, acked);
          outcome.put(prefix, latencies);
          pace = Pace.STOPPED;
          return (double) acked / seconds;
        });
  }

  private void closed() {
    pace = Pace.CLOSED;
    for (Publisher publisher = idle.poll(); publisher != null; publisher = idle.poll()) {
      publisher.send(System.nanoTime());
    }
  }

  private boolean drained() {
    return idle.size() == arguments.number("connections", 64);
  }

  private void due(long nanos) {
    Publisher publisher = idle.poll();
    if (publisher != null) {
      publisher.send(nanos);
    } else if (overdue.size() < MAX_OVERDUE) {
      overdue.add(nanos);
    } else {
      stage.fail("Half of the measured rate could not be held: " + MAX_OVERDUE + " overdue.");
    }
  }

  /** One connection and the message it has in flight. */
  private final class Publisher implements ClientSocket.Reader {
    private final FrameShape frame;
    private @Nullable ClientSocket socket;
    private long msgSerial = -1;
    private long dueNanos;

    Publisher(FrameShape frame) {
      this.frame = frame;
    }

    void send(long due) {
      ClientSocket open = socket;
      if (open == null) {
        throw new IllegalStateException("A publisher sends before it is connected.");
      }
      dueNanos = due;
      open.write(frame.encode(open.allocator(), ++msgSerial, due));
      open.flush();
    }

    @Override
    public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
      long action = Wire.number(buf, start, end, Wire.ACTION_KEY);
      if (action == Wire.ACK && Wire.number(buf, start, end, Wire.SERIAL_KEY) == msgSerial) {
        acknowledged();
      } else if (action == Wire.ACK || action == Wire.NACK || Wire.endsConnection(action)) {
        stage.fail("Unexpected answer: " + Load.text(buf, start, end));
      }
    }

    private void acknowledged() {
      long now = System.nanoTime();
      latencies.recordValue(Math.max(0, now - dueNanos));
      acked++;
      allAcked++;
      Long next = pace == Pace.OPEN ? overdue.poll() : null;
      if (pace == Pace.CLOSED) {
        send(now);
      } else if (next != null) {
        send(next);
      } else {
        idle.add(this);
      }
    }

    @Override
    public void closed(ClientSocket from, String why) {
      stage.fail("A publisher's connection ended: " + why);
    }
  }
}
