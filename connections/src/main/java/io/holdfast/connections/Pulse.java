package io.holdfast.connections;

import io.holdfast.channels.Timers;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.Frame;
import org.jspecify.annotations.Nullable;

/**
 * Signs of life in both directions: a quiet transport is given one well within what the client
 * tolerates, and one whose client stays silent is given up. On the transport's executor.
 */
final class Pulse {
  /** Beats a client may stay silent for: some to be asked and to answer, the rest for luck. */
  private static final int MAX_SILENT = 4;

  private final ClientLink link;
  private final Node node;
  private final Transport transport;
  private final AckQueue acks;
  private final boolean heartbeats;
  private final long interval;
  private Timers.@Nullable Timer next;
  private boolean wrote;
  private int silent;

  Pulse(ClientLink link, Node node, Transport transport, AckQueue acks, boolean heartbeats) {
    this.link = link;
    this.node = node;
    this.transport = transport;
    this.acks = acks;
    this.heartbeats = heartbeats;
    // something written just after a beat puts the next sign of life off by almost two
    this.interval = Math.max(100, node.settings().maxIdle() / 2);
  }

  void start() {
    next = node.timers().after(interval, () -> transport.executor().execute(this::beat));
  }

  void stop() {
    if (next != null) {
      next.cancel();
    }
  }

  void wrote() {
    wrote = true;
  }

  void alive() {
    silent = 0;
  }

  private void beat() {
    if (link.over()) {
      return;
    }
    if (++silent > MAX_SILENT) {
      link.endTransport(ErrorCode.DISCONNECTED.info("nothing was heard from the client"));
      return;
    }
    if (acks.age(node.timers().now()) > node.settings().ackTimeout()) {
      link.endTransport(ErrorCode.DISCONNECTED.info("a publish has no outcome yet"));
      return;
    }
    if (!wrote && heartbeats) {
      link.send(new Frame.Heartbeat(null));
    }
    transport.ping();
    wrote = false;
    start();
  }
}
