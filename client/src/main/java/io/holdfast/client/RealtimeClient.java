package io.holdfast.client;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client with a connection: channels, presence, annotations, as they happen. Safe for any thread;
 * one is enough for thousands of channels.
 */
public interface RealtimeClient extends AutoCloseable {
  /** A client of these options, which connects by itself unless they say otherwise. */
  static RealtimeClient create(ClientOptions options) {
    return Wiring.realtime(options);
  }

  /** Its connection. */
  Connection connection();

  /** The channel of this name, made when it is asked for first. */
  Channel channel(String name);

  /**
   * The channel of this name, made with these options when it is asked for first.
   *
   * @throws HoldfastException with code 40000 when it is there with other options; {@link
   *     Channel#configure} changes them
   */
  Channel channel(String name, ChannelOptions options);

  /** The channels that were asked for and not released. */
  Collection<Channel> channels();

  /**
   * Detaches the channel if need be and forgets it. A channel in hand stays as it is then, and its
   * feeds end.
   */
  void release(String name) throws InterruptedException;

  /** How many frames wait to be sent or acknowledged, see {@link ClientOptions#queueFrames}. */
  int queued();

  /**
   * Completes once at most half of what the queue holds waits to be sent or acknowledged, see
   * {@link ClientOptions#queueFrames}: what a publisher waits for that was refused with code 90006
   * and would rather be late.
   */
  CompletableFuture<Void> room();

  /** The same server by REST, with the same credentials. It is closed with this client. */
  RestClient rest();

  /** Credentials and tokens. */
  Auth auth();

  /** Whose client this is: told by the options or the token; null for nobody. */
  @Nullable String clientId();

  /** The scheduler of the options, or this client's own. */
  Scheduler scheduler();

  /**
   * Closes the connection, waiting at most {@link ClientOptions#requestTimeout} for the server to
   * know, and frees everything. What was not acknowledged fails with code 80017.
   */
  @Override
  void close();
}
