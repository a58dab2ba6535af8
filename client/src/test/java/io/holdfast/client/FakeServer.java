package io.holdfast.client;

import io.holdfast.protocol.ConnectionDetails;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.Decoded;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Flags;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.MessageAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The other end of transports, worked by hand, and a client of it in a world of its own. */
final class FakeServer implements Transport.Dialer {
  static final String KEY = "app.k:secret";

  final World world = new World();
  final List<Line> lines = new ArrayList<>();

  /** One transport, seen from the server. */
  final class Line implements Transport {
    final Target target;
    final List<Frame> sent = new ArrayList<>();
    private final Events events;
    boolean closed;

    Line(Target target, Events events) {
      this.target = target;
      this.events = events;
    }

    @Override
    public void send(Frame frame) {
      if (!closed) {
        sent.add(frame);
      }
    }

    @Override
    public void taken(int frames) {}

    @Override
    public void close() {
      closed = true;
    }

    void tell(Frame... frames) {
      for (Frame frame : frames) {
        events.frame(new Decoded.Ok(frame));
      }
      world.settle();
    }

    void greet(String connectionId, String key) {
      events.opened();
      tell(new Frame.Connected(connectionId, details(key), null));
    }

    void greetAnew(String connectionId, String key) {
      events.opened();
      ErrorInfo error = new ErrorInfo(80018, 400, "cannot resume", null);
      tell(new Frame.Connected(connectionId, details(key), error));
    }

    void lose(Loss.Kind kind) {
      events.lost(new Loss(kind, new ErrorInfo(80003, 503, "cut", null)));
      world.settle();
    }

    void cut() {
      lose(Loss.Kind.BROKEN);
    }

    /** Frames of one kind that the client has sent. */
    <T extends Frame> List<T> sent(Class<T> kind) {
      return sent.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    void attached(String channel, String serial, long... flags) {
      tell(
          new Frame.Attached(
              channel,
              serial,
              Arrays.stream(flags).reduce(Flags.DEFAULT_MODES, (a, b) -> a | b),
              Map.of(),
              null));
    }

    void message(String channel, String serial, String text) {
      tell(
          new Frame.Messages(
              channel, List.of(text(serial, text)), -1, "c:1", "c", serial, 1, Map.of()));
    }

    void ack(long msgSerial, int count, String... serials) {
      List<Frame.PublishResult> results = new ArrayList<>();
      for (String serial : serials) {
        List<@Nullable String> one = new ArrayList<>();
        one.add(serial);
        results.add(new Frame.PublishResult(one));
      }
      tell(new Frame.Ack(msgSerial, count, results));
    }
  }

  private static io.holdfast.protocol.Message text(String serial, String text) {
    return new io.holdfast.protocol.Message(
        MessageAction.CREATE,
        null,
        "n",
        Data.text(text),
        null,
        null,
        null,
        null,
        1,
        null,
        serial,
        null);
  }

  static ConnectionDetails details(String key) {
    return new ConnectionDetails(
        "me", key, 65_536, 524_288, 0, 120_000, 15_000, "s", "site", 86_400_000);
  }

  @Override
  public Transport dial(Transport.Target target, Transport.Events events) {
    Line line = new Line(target, events);
    lines.add(line);
    return line;
  }

  Line line() {
    return lines.get(lines.size() - 1);
  }

  ClientOptions.Builder options() {
    return ClientOptions.builder()
        .key(KEY)
        .clientId("me")
        .executor(world)
        .scheduler(world)
        .clock(world)
        .transports(TransportKind.WEB_SOCKET)
        .random(RandomGenerator.of("L64X128MixRandom"));
  }

  RealtimeClient client() {
    return client(options());
  }

  RealtimeClient client(ClientOptions.Builder options) {
    return client(options, Network.ASSUMED);
  }

  RealtimeClient client(ClientOptions.Builder options, Network network) {
    RealtimeClient client = Wiring.realtime(options.build(), this, network, world);
    world.settle();
    return client;
  }

  /** A client that is connected. */
  RealtimeClient connected() {
    RealtimeClient client = client();
    line().greet("c1", "c1!1");
    return client;
  }

  /** A channel that is attached at a place. */
  Channel attached(RealtimeClient client, String name, String serial) {
    Channel channel = client.channel(name);
    CompletableFuture<Void> attaching = channel.attachAsync();
    world.settle();
    line().attached(name, serial);
    attaching.join();
    return channel;
  }

  /** What is done with a future once the world has come to rest. */
  static int code(CompletableFuture<?> future) {
    Throwable error = future.exceptionNow();
    return error instanceof HoldfastException ours ? ours.code() : -1;
  }
}
