package io.holdfast.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Puts clients together: the one place that knows all their parts. */
final class Wiring {
  private final ClientOptions options;
  private final ExecutorService threads;
  private final HttpClient client;
  private final Addresses addresses;
  private final Http http;
  private final RandomGenerator random;
  private final Credentials credentials;
  private final RestCaller rest;
  private final Ids ids;

  private Wiring(ClientOptions options) {
    this.options = options;
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("holdfast-client").factory());
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(options.requestTimeout())
            .executor(threads)
            .build();
    this.addresses = new Addresses(options.tls(), options.port());
    this.http = new Http(client, addresses, options);
    RandomGenerator given = options.random();
    this.random = given == null ? new SecureRandom() : given;
    this.credentials = new Credentials(options, http, threads);
    this.rest = new RestCaller(http, credentials, options);
    this.ids = new Ids(random);
  }

  static RestClient rest(ClientOptions options) {
    Wiring wiring = new Wiring(options);
    return wiring.restClient(() -> CompletableFuture.completedFuture(null), wiring::free);
  }

  private RestClient restClient(LiveAuth.Applied applied, Runnable close) {
    Auth auth = new LiveAuth(options, credentials, rest, applied);
    return new HttpRestClient(options, rest, http, auth, ids, close);
  }

  static RealtimeClient realtime(ClientOptions options) {
    return realtime(options, dialer -> dialer);
  }

  /** With something between the client and the usual way to the server, for tests. */
  static RealtimeClient realtime(ClientOptions options, UnaryOperator<Transport.Dialer> between) {
    Wiring wiring = new Wiring(options);
    return wiring.realtime(between.apply(wiring::dial), wiring.network(), wiring.threads);
  }

  /** With another way to the server, for tests. */
  static RealtimeClient realtime(
      ClientOptions options, Transport.Dialer dialer, Network network, Executor loopCarrier) {
    return new Wiring(options).realtime(dialer, network, loopCarrier);
  }

  private Network network() {
    URI address = options.connectivityCheck();
    return address == null
        ? Network.ASSUMED
        : Network.probed(client, address, options.requestTimeout());
  }

  private Transport dial(Transport.Target target, Transport.Events events) {
    return switch (target.kind()) {
      case WEB_SOCKET ->
          new WebSocketTransport(
              client,
              addresses.webSocket(target.host(), target.params()),
              options.format(),
              options.requestTimeout(),
              events);
      case COMET ->
          new CometTransport(
              client, addresses, target, options.requestTimeout(), ids.next() + ".", events);
    };
  }

  private RealtimeClient realtime(Transport.Dialer dialer, Network network, Executor loopCarrier) {
    Scheduler scheduler = options.scheduler();
    ThreadScheduler own = scheduler == null ? new ThreadScheduler() : null;
    Scheduler used = scheduler == null ? java.util.Objects.requireNonNull(own) : scheduler;
    Executor given = options.executor();
    Executor executor = given == null ? threads : given;
    Loop loop = new Loop(loopCarrier);
    Timers timers = new Timers(used, loop);
    Outbox outbox = new Outbox(options.queueFrames(), options.queueBytes());
    Backoff backoff = new Backoff(options.retryFirst(), options.retryLongest(), random);
    Told told = new Told();
    Attempt.Means means =
        new Attempt.Means(
            loop, timers, dialer, network, options.webSocketPatience(), options.requestTimeout());
    Link link =
        new Link(new Link.Parts(options, loop, timers, means, credentials, outbox, backoff), told);
    House house =
        new House(
            options, loop, executor, link, outbox, credentials, rest, ids, new SecureRandom());
    Broadcast.Means hearing = new Broadcast.Means(executor, options.subscriptionBuffer());
    RestClient restClient = restClient(() -> house.onLoop(link::reauthorise), () -> {});
    LiveClient live =
        new LiveClient(
            house,
            new Attachment.Parts(options, timers, link, outbox, hearing, random),
            timers,
            new Broadcast<>(hearing),
            restClient,
            used,
            () -> {
              if (own != null) {
                own.close();
              }
              free();
            });
    told.owner = live.owner();
    if (options.autoConnect()) {
      loop.execute(() -> link.connect(new CompletableFuture<>()));
    }
    return live;
  }

  /** Takes no more work; listeners are still told what waits for them. Never waits. */
  private void free() {
    client.shutdownNow();
    threads.shutdown();
  }

  /** Ties the knot between the link and the client that it tells. */
  private static final class Told implements Link.Owner {
    private Link.@Nullable Owner owner;

    private Link.Owner owner() {
      return java.util.Objects.requireNonNull(owner);
    }

    @Override
    public void frame(io.holdfast.protocol.Frame frame) {
      owner().frame(frame);
    }

    @Override
    public void connected() {
      owner().connected();
    }

    @Override
    public void changed(ConnectionChange change) {
      owner().changed(change);
    }
  }
}
