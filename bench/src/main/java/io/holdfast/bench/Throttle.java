package io.holdfast.bench;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets one connection read only so many bytes a second, a few at a time; on its event loop. For
 * connections of {@link Dialer#narrow}, which never read more than that at once.
 */
final class Throttle {
  /** Bytes that one read takes. */
  static final int AT_ONCE = 64;

  private final EventLoop loop;
  private final long intervalNanos;
  private @Nullable ClientSocket socket;
  private boolean free;

  Throttle(EventLoop loop, double bytesPerSecond) {
    this.loop = loop;
    this.intervalNanos = (long) (1e9 * AT_ONCE / bytesPerSecond);
  }

  void start() {
    if (free) {
      return;
    }
    ClientSocket now = socket;
    if (now != null) {
      now.channel().read();
    }
    var _ = loop.schedule(this::start, intervalNanos, TimeUnit.NANOSECONDS);
  }

  /** The connection there is now; the one before has ended. */
  void hold(ClientSocket opened) {
    socket = opened;
    if (!free) {
      opened.channel().config().setAutoRead(false);
    }
  }

  /** From now on it reads as fast as it can. */
  void release() {
    free = true;
    ClientSocket now = socket;
    if (now != null) {
      now.channel().config().setAutoRead(true);
    }
  }
}
