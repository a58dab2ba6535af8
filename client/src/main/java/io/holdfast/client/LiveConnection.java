package io.holdfast.client;

import io.holdfast.protocol.ConnectionDetails;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The connection as its callers see it, and its pings. */
final class LiveConnection implements Connection {
  private final House house;
  private final Timers timers;
  private final Supplier<Map<String, String>> places;
  private final Broadcast<ConnectionChange> changes;

  /** Pings without an answer, by id; owned by the loop. Each has a caller and a timer. */
  private final Map<String, CompletableFuture<Void>> pings = new HashMap<>();

  LiveConnection(
      House house,
      Timers timers,
      Broadcast<ConnectionChange> changes,
      Supplier<Map<String, String>> places) {
    this.house = house;
    this.timers = timers;
    this.changes = changes;
    this.places = places;
  }

  @Override
  public ConnectionState state() {
    return house.link().standing().state();
  }

  @Override
  public @Nullable ErrorInfo reason() {
    return house.link().standing().reason();
  }

  @Override
  public @Nullable String id() {
    return house.link().standing().id();
  }

  @Override
  public @Nullable String recoveryKey() {
    Link.Standing standing = house.link().standing();
    ConnectionDetails details = standing.details();
    boolean over = standing.state().terminal() || standing.state() == ConnectionState.CLOSING;
    if (details == null || over) {
      return null;
    }
    return new RecoveryKey(
            details.connectionKey(), house.outbox().nextSerial(), new LinkedHashMap<>(places.get()))
        .text();
  }

  @Override
  public Feed<ConnectionChange> changes() {
    return changes;
  }

  @Override
  public void connect() throws InterruptedException {
    Waiting.on(house.onLoop(house.link()::connect));
  }

  @Override
  public CompletableFuture<Void> connectAsync() {
    return house.outside(house.onLoop(house.link()::connect));
  }

  @Override
  public Duration ping() throws InterruptedException {
    return Waiting.on(pinging());
  }

  @Override
  public CompletableFuture<Duration> pingAsync() {
    return house.outside(pinging(), taken -> taken);
  }

  private CompletableFuture<Duration> pinging() {
    long began = house.options().clock().instant().toEpochMilli();
    return house
        .<Void>onLoop(this::ask)
        .thenApply(
            answered ->
                Duration.ofMillis(
                    Math.max(0, house.options().clock().instant().toEpochMilli() - began)));
  }

  private void ask(CompletableFuture<Void> done) {
    if (state() != ConnectionState.CONNECTED) {
      ErrorInfo reason = reason();
      done.completeExceptionally(
          new HoldfastException(reason == null ? Fault.DISCONNECTED.info() : reason));
      return;
    }
    String id = house.ids().next();
    pings.put(id, done);
    house.link().send(new Frame.Heartbeat(id));
    timers.after(
        house.options().requestTimeout(),
        () -> {
          if (pings.remove(id) != null) {
            done.completeExceptionally(Fault.TIMEOUT.exception());
          }
        });
  }

  /** On the loop: no answer comes any more. */
  void lost(@Nullable ErrorInfo reason) {
    List<CompletableFuture<Void>> waiting = List.copyOf(pings.values());
    pings.clear();
    for (CompletableFuture<Void> ping : waiting) {
      ping.completeExceptionally(
          new HoldfastException(reason == null ? Fault.DISCONNECTED.info() : reason));
    }
  }

  /** On the loop: the server answers. */
  void heartbeat(@Nullable String id) {
    CompletableFuture<Void> waiting = id == null ? null : pings.remove(id);
    if (waiting != null) {
      waiting.complete(null);
    }
  }

  @Override
  public void close() throws InterruptedException {
    Waiting.on(house.onLoop(house.link()::close));
  }

  @Override
  public CompletableFuture<Void> closeAsync() {
    return house.outside(house.onLoop(house.link()::close));
  }
}
