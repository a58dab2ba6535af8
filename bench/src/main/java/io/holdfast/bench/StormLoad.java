package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Many clients on many channels, to which others publish on a schedule all the while. All clients
 * are cut at once and come back one by one within a time; each goes on where it was. Messages are
 * numbered in their channel, and every client must get each number once and in order.
 */
final class StormLoad {
  private static final int PUBLISHERS = 8;
  private static final int AT_ONCE = 200;
  private static final int PATIENCE_MILLIS = 120_000;

  private final Arguments arguments;
  private final Dialer dialer;
  private final Stage stage;
  private final List<Topic> topics = new ArrayList<>();
  private final List<Publisher> publishers = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final Histogram acks = new Histogram(600_000_000_000L, 3);
  private final Histogram backs = new Histogram(600_000_000_000L, 3);
  private final Histogram caughtUps = new Histogram(600_000_000_000L, 3);
  private int nextTopic;
  private int nextBack;
  private int away;
  private long cutNanos;
  private long lastBackNanos;
  private long lastCaughtUpNanos;
  private long missed;
  private long refused;

  StormLoad(Arguments arguments, Dialer dialer) {
    this.arguments = arguments;
    this.dialer = dialer;
    this.stage = new Stage(dialer.loop());
  }

  Outcome run() {
    open();
    double perSecond = arguments.number("rate");
    Pacer pacer =
        stage.on(
            () -> {
              var open = new Pacer(dialer.loop(), perSecond, new Publishes());
              open.run();
              return open;
            });
    stage.sleep(arguments.number("warmup", 2000));
    var outcome = new Outcome();
    stage.run(acks::reset);
    stage.sleep(arguments.number("millis", 4000));
    stage.run(
        () -> {
          outcome.put("calm", acks);
          acks.reset();
          cutAll();
        });
    var meter = Meter.of(arguments);
    var returns = stage.on(this::comeBack);
    if (!stage.await(PATIENCE_MILLIS, () -> away == 0)) {
      throw new LoadFailure(stage.on(() -> away) + " clients were not caught up in time.");
    }
    stage.run(returns::stop);
    var _ = meter.stop(outcome, "storm", clients.size());
    stage.run(() -> outcome.put("storm", acks));
    // What comes afterwards must still be right.
    stage.sleep(1000);
    stage.run(pacer::stop);
    if (!stage.await(PATIENCE_MILLIS, this::quiet)) {
      throw new LoadFailure(stage.on(this::lacking));
    }
    return stage.on(() -> result(outcome));
  }

  private void open() {
    String prefix = arguments.text("prefix", "storm-");
    for (int i = 0; i < arguments.number("channels"); i++) {
      topics.add(new Topic(prefix + i, arguments.number("payload", 200), i));
    }
    for (int i = 0; i < PUBLISHERS; i++) {
      publishers.add(new Publisher());
    }
    var sockets = dialer.open(PUBLISHERS, publishers::get);
    int count = arguments.number("clients");
    stage.run(
        () -> {
          for (int i = 0; i < PUBLISHERS; i++) {
            publishers.get(i).socket = sockets.get(i);
          }
          for (int i = 0; i < count; i++) {
            clients.add(new Client(topics.get(i % topics.size())));
          }
        });
    for (int first = 0; first < count; first += AT_ONCE) {
      int until = Math.min(first + AT_ONCE, count);
      List<Client> some = clients.subList(first, until);
      stage.run(() -> some.forEach(client -> client.returning.come()));
      if (!stage.await(PATIENCE_MILLIS, () -> some.stream().allMatch(client -> client.attached))) {
        throw new LoadFailure("Not all clients could attach.");
      }
    }
  }

  private void cutAll() {
    cutNanos = System.nanoTime();
    away = clients.size();
    clients.forEach(Client::cut);
  }

  /** One after the other, evenly, whatever became of those before. */
  private Pacer comeBack() {
    double perSecond = clients.size() * 1000.0 / arguments.number("within", 2000);
    var open =
        new Pacer(
            dialer.loop(),
            perSecond,
            due -> {
              if (nextBack < clients.size()) {
                clients.get(nextBack++).comeBack(due);
              }
            });
    open.run();
    return open;
  }

  private boolean quiet() {
    return publishers.stream().allMatch(publisher -> publisher.pending.isEmpty())
        && clients.stream().allMatch(Client::hasAll);
  }

  private String lacking() {
    long lacking = clients.stream().filter(client -> !client.hasAll()).count();
    return lacking + " clients have not got all that was published to them.";
  }

  private Outcome result(Outcome outcome) {
    long again = clients.stream().filter(client -> client.returning.returns() > 1).count();
    clients.forEach(client -> client.returning.leave());
    return outcome
        .put("back", backs)
        .put("caughtUp", caughtUps)
        .put("allBack", (lastBackNanos - cutNanos) / 1e6)
        .put("allCaughtUp", (lastCaughtUpNanos - cutNanos) / 1e6)
        .put("missed", (double) missed)
        .put("refused", (double) refused)
        .put("cutAgain", (double) again);
  }

  /** One channel: what was published on it so far. */
  private static final class Topic {
    private final String channel;
    private final PublishFrame frame;
    private final BitSet refused = new BitSet();
    private int published;

    Topic(String channel, int payload, int seed) {
      this.channel = channel;
      this.frame = new PublishFrame(channel, payload, new Random(seed));
    }

    /** The first number from this one on that was not refused. */
    int expected(int from) {
      return refused.nextClearBit(from);
    }
  }

  private record Pending(Topic topic, int number, long dueNanos) {}

  private final class Publishes implements Pacer.Due {
    @Override
    public void at(long nanos) {
      int topic = nextTopic++ % topics.size();
      publishers.get(topic % PUBLISHERS).publish(topics.get(topic), nanos);
    }

    @Override
    public void batchComplete() {
      publishers.forEach(Publisher::flush);
    }
  }

  private final class Publisher implements ClientSocket.Reader {
    /** In the order they were sent, which is that of their answers. */
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();

    private @Nullable ClientSocket socket;
    private long msgSerial;
    private boolean dirty;

    void publish(Topic topic, long dueNanos) {
      ClientSocket open = socket;
      if (open == null) {
        throw new IllegalStateException("A publisher sends before it is connected.");
      }
      int number = topic.published++;
      pending.add(new Pending(topic, number, dueNanos));
      open.write(topic.frame.encode(open.allocator(), msgSerial++, number));
      dirty = true;
    }

    void flush() {
      if (dirty && socket != null) {
        dirty = false;
        socket.flush();
      }
    }

    @Override
    public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
      long action = Wire.number(buf, start, end, Wire.ACTION_KEY);
      if (action != Wire.ACK && action != Wire.NACK) {
        stage.fail("Unexpected answer: " + Load.text(buf, start, end));
        return;
      }
      long count = Wire.answered(buf, start, end);
      for (long i = 0; i < count && !pending.isEmpty(); i++) {
        Pending answered = pending.remove();
        if (action == Wire.ACK) {
          acks.recordValue(Math.max(0, System.nanoTime() - answered.dueNanos));
        } else {
          refused++;
          answered.topic.refused.set(answered.number);
        }
      }
    }

    @Override
    public void closed(ClientSocket from, String why) {
      stage.fail("A publisher's connection ended: " + why);
    }
  }

  private final class Client implements ReturningClient.Inbox {
    private final Topic topic;
    private final ReturningClient returning;
    private boolean attached;
    private boolean behind;
    private int next;
    private int target;
    private long dueNanos;

    Client(Topic topic) {
      this.topic = topic;
      this.returning = new ReturningClient(dialer, stage, topic.channel, this);
    }

    void cut() {
      behind = true;
      target = Integer.MAX_VALUE;
      returning.cut();
    }

    void comeBack(long due) {
      dueNanos = due;
      returning.come();
    }

    boolean hasAll() {
      return topic.expected(next) == topic.published;
    }

    @Override
    public void attached() {
      attached = true;
      if (behind) {
        lastBackNanos = System.nanoTime();
        backs.recordValue(Math.max(0, lastBackNanos - dueNanos));
        target = topic.published;
        missed += target - next;
        look();
      }
    }

    @Override
    public void messages(ByteBuf buf, int from, int to) {
      for (int at = from; (at = buf.indexOf(at, to, Wire.STAMP)) >= 0; at++) {
        take((int) Wire.stamp(buf, at, to));
      }
      look();
    }

    private void take(int number) {
      int expected = topic.expected(next);
      if (number != expected) {
        stage.fail(
            "A client of "
                + topic.channel
                + " got number "
                + number
                + " where "
                + expected
                + " was next.");
      }
      next = number + 1;
    }

    private void look() {
      if (behind && topic.expected(next) >= target) {
        behind = false;
        away--;
        lastCaughtUpNanos = System.nanoTime();
        caughtUps.recordValue(Math.max(0, lastCaughtUpNanos - dueNanos));
      }
    }
  }
}
