package io.holdfast.server;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What stands behind every door, and who is inside. */
final class House {
  private final Rest rest;
  private final WebSockets sockets;
  private final Comet comet;
  private final EventStreams streams;
  private final Hearsay hearsay;
  private final ChannelGroup inside = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final LongAdder requests = new LongAdder();
  private final LongAdder faults = new LongAdder();
  private final LongAdder answers = new LongAdder();
  private volatile boolean open;

  House(Rest rest, WebSockets sockets, Comet comet, EventStreams streams, Hearsay hearsay) {
    this.rest = rest;
    this.sockets = sockets;
    this.comet = comet;
    this.streams = streams;
    this.hearsay = hearsay;
  }

  Rest rest() {
    return rest;
  }

  WebSockets sockets() {
    return sockets;
  }

  Comet comet() {
    return comet;
  }

  Hearsay hearsay() {
    return hearsay;
  }

  /** Who answers a request late or bit by bit; null when it is answered at once. */
  @Nullable Consumer<SocketExchange> lasting(Request request) {
    if (request.method().equals("OPTIONS")) {
      return null;
    }
    List<String> path = request.target().segments();
    return switch (path.getFirst()) {
      case "comet" -> exchange -> comet.answer(exchange, open);
      case "sse", "event-stream" ->
          path.size() == 1 ? exchange -> streams.answer(exchange, open) : null;
      default -> null;
    };
  }

  /** Whether whoever comes is served. */
  boolean open() {
    return open;
  }

  void open(boolean now) {
    open = now;
  }

  void entered(Channel channel) {
    inside.add(channel);
  }

  void began() {
    requests.increment();
  }

  void ended(boolean fault) {
    answers.increment();
    if (fault) {
      faults.increment();
    }
  }

  /** Requests that were begun. */
  long requests() {
    return requests.sum();
  }

  /** Requests that were answered with a fault of ours. */
  long faults() {
    return faults.sum();
  }

  /** Waits for those inside to leave by themselves, then shows them the door. */
  void empty(long ms) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    while (answers.sum() < requests.sum() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    for (Channel channel : inside) {
      if (channel.pipeline().get("door") != null) {
        var _ = channel.close();
      }
    }
    var _ =
        inside.newCloseFuture().await(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    var _ = inside.close().await(1, TimeUnit.SECONDS);
  }
}
