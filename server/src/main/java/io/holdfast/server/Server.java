package io.holdfast.server;

import io.holdfast.channels.Channels;
import io.holdfast.connections.Connections;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that runs, until it is stopped. */
final class Server implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  /** How long clients may take for what is under way; all of stopping takes less than 10 s. */
  private static final long DRAIN_MS = 3_000;

  private static final long SETTLE_MS = 3_000;

  private static final long LEAVE_MS = 6_000;

  private final House house;
  private final Doors doors;
  private final CometForwards forwards;
  private final Channels channels;
  private final Connections connections;
  private final Deque<AutoCloseable> parts;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final String host;
  private final @Nullable ApiKey ownKey;

  /**
   * A server whose parts run.
   *
   * @param parts everything that is to be closed, the first one first
   * @param ownKey made because nobody was given one; null otherwise
   */
  Server(
      House house,
      Doors doors,
      CometForwards forwards,
      Channels channels,
      Connections connections,
      Deque<AutoCloseable> parts,
      String host,
      @Nullable ApiKey ownKey) {
    this.house = house;
    this.doors = doors;
    this.forwards = forwards;
    this.channels = channels;
    this.connections = connections;
    this.parts = new ArrayDeque<>(parts);
    this.host = host;
    this.ownKey = ownKey;
  }

  int port() {
    return doors.port();
  }

  String url() {
    String shown = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return "http://" + shown + ":" + port();
  }

  @Nullable ApiKey ownKey() {
    return ownKey;
  }

  /**
   * Stops: takes nobody new, answers what it has taken, sends the clients on, and closes. What was
   * acknowledged is on disk all along.
   */
  @Override
  public void close() {
    if (!stopped.compareAndSet(false, true)) {
      return;
    }
    log.info("stopping");
    house.open(false);
    doors.shut();
    forwards.drain();
    connections.drain(DRAIN_MS);
    channels.flushAllRollups();
    try {
      house.empty(LEAVE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    settle();
    closeAll(parts);
    log.info("stopped");
  }

  /** Lets the next start find channels as they stand, and not what made them; for a moment only. */
  private void settle() {
    try {
      channels.settle().get(SETTLE_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.debug("not all channels were settled; they are read from their logs", e);
    }
  }

  /** Closes all, whatever one of them says. */
  static void closeAll(Deque<AutoCloseable> parts) {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        log.error("{} does not close", part.getClass().getSimpleName(), e);
      }
    }
  }
}
