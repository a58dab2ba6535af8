package io.holdfast.client;

import io.holdfast.protocol.Frame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A realtime client: its channels by name, and what the connection tells handed to each. */
final class LiveClient implements RealtimeClient {
  private static final Logger LOG = LoggerFactory.getLogger(LiveClient.class);

  private final House house;
  private final Attachment.Parts parts;
  private final LiveConnection connection;
  private final Broadcast<ConnectionChange> changes;
  private final RestClient rest;
  private final Scheduler scheduler;
  private final Runnable free;
  private final Map<String, LiveChannel> channels = new ConcurrentHashMap<>();

  /** Where channels of a recovered client go on; each is used once. */
  private final Map<String, String> recovered = new ConcurrentHashMap<>();

  private final AtomicBoolean closed = new AtomicBoolean();

  LiveClient(
      House house,
      Attachment.Parts parts,
      Timers timers,
      Broadcast<ConnectionChange> changes,
      RestClient rest,
      Scheduler scheduler,
      Runnable free) {
    this.house = house;
    this.parts = parts;
    this.changes = changes;
    this.rest = rest;
    this.scheduler = scheduler;
    this.free = free;
    this.connection = new LiveConnection(house, timers, changes, this::places);
    RecoveryKey recovery = RecoveryKey.parse(house.options().recover());
    if (recovery != null) {
      recovered.putAll(recovery.channelSerials());
    }
  }

  /** Where each attached channel stands. */
  private Map<String, String> places() {
    Map<String, String> places = new HashMap<>(recovered);
    channels.forEach(
        (name, channel) -> {
          String place = channel.channelSerial();
          if (place != null) {
            places.put(name, place);
          }
        });
    return places;
  }

  // --- what the link tells, on the loop ----------------------------------------------------------

  /** The link's owner; apart, so that the client does not show it. */
  Link.Owner owner() {
    return new Link.Owner() {
      @Override
      public void frame(Frame frame) {
        received(frame);
      }

      @Override
      public void connected() {
        channels.values().forEach(channel -> channel.attachment().connected());
      }

      @Override
      public void changed(ConnectionChange change) {
        step(change);
      }
    };
  }

  private void step(ConnectionChange change) {
    changes.emit(change);
    if (change.previous() == change.current()) {
      return;
    }
    if (change.previous() == ConnectionState.CONNECTED) {
      connection.lost(change.reason());
    }
    switch (change.current()) {
      case INITIALIZED, CONNECTING, CONNECTED -> {}
      case DISCONNECTED ->
          channels.values().forEach(channel -> channel.attachment().disconnected());
      case SUSPENDED, CLOSING, CLOSED, FAILED ->
          channels
              .values()
              .forEach(
                  channel -> channel.attachment().interrupted(change.current(), change.reason()));
    }
  }

  private void received(Frame frame) {
    String name =
        switch (frame) {
          case Frame.Messages messages -> messages.channel();
          case Frame.Presence presence -> presence.channel();
          case Frame.Sync sync -> sync.channel();
          case Frame.Annotations annotations -> annotations.channel();
          case Frame.Objects objects -> objects.channel();
          case Frame.ObjectSync sync -> sync.channel();
          case Frame.Attached attached -> attached.channel();
          case Frame.Detached detached -> detached.channel();
          case Frame.ProtocolError error -> error.channel();
          default -> null;
        };
    if (frame instanceof Frame.Heartbeat heartbeat) {
      connection.heartbeat(heartbeat.id());
    } else if (name != null) {
      LiveChannel channel = channels.get(name);
      if (channel != null) {
        channel.attachment().frame(frame);
      } else if (frame instanceof Frame.ProtocolError error) {
        LOG.warn("The server says of {}: {}", name, error.error());
      }
    }
  }

  // --- what callers see --------------------------------------------------------------------------

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public Channel channel(String name) {
    return channels.computeIfAbsent(name, absent -> made(absent, ChannelOptions.DEFAULT));
  }

  @Override
  public Channel channel(String name, ChannelOptions options) {
    LiveChannel channel = channels.computeIfAbsent(name, absent -> made(absent, options));
    ChannelOptions now = channel.options();
    boolean same =
        now.params().equals(options.params())
            && now.modes().equals(options.modes())
            && java.util.Objects.equals(now.cipher(), options.cipher());
    if (!same) {
      throw Fault.BAD_REQUEST.exception(
          "the channel is there with other options, which configure changes");
    }
    return channel;
  }

  private LiveChannel made(String name, ChannelOptions options) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw Fault.BAD_REQUEST.exception("a channel's name has half a character in it");
    }
    Attachment attachment = new Attachment(parts, name, options, recovered.remove(name));
    if (closed.get()) {
      attachment.end();
    }
    return new LiveChannel(house, attachment);
  }

  @Override
  public Collection<Channel> channels() {
    return List.copyOf(channels.values());
  }

  @Override
  public void release(String name) throws InterruptedException {
    LiveChannel channel = channels.get(name);
    if (channel != null) {
      if (channel.state() != ChannelState.FAILED) {
        channel.detach();
      }
      channels.remove(name, channel);
      // It is told nothing any more, so nobody is to wait for it, not even beyond the client's end.
      CompletableFuture<?> unused =
          house.onLoop(
              over -> {
                channel.attachment().end();
                over.complete(null);
              });
    }
  }

  @Override
  public int queued() {
    return house.outbox().queued();
  }

  @Override
  public CompletableFuture<Void> room() {
    return house.outside(house.outbox().room());
  }

  @Override
  public RestClient rest() {
    return rest;
  }

  @Override
  public Auth auth() {
    return rest.auth();
  }

  @Override
  public @Nullable String clientId() {
    return house.credentials().clientId();
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    CompletableFuture<Void> done = house.onLoop(house.link()::close);
    try {
      // The link gives up by itself after the timeout; this is for schedulers that have stopped.
      done.get(house.options().requestTimeout().toMillis() + 1000, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("Closed without an answer of the server", e);
    }
    CompletableFuture<Void> ended =
        house.onLoop(
            over -> {
              changes.end();
              new ArrayList<>(channels.values()).forEach(channel -> channel.attachment().end());
              over.complete(null);
            });
    CompletableFuture<?> unused = ended.whenComplete((over, error) -> free.run());
  }
}
