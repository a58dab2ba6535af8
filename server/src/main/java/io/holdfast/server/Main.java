package io.holdfast.server;

import io.holdfast.channels.ChannelSettings;
import io.holdfast.channels.Channels;
import io.holdfast.channels.Lane;
import io.holdfast.connections.Access;
import io.holdfast.connections.ChannelRules;
import io.holdfast.connections.ConnectionSettings;
import io.holdfast.connections.Connections;
import io.holdfast.connections.Reauthentication;
import io.holdfast.connections.RestPublishing;
import io.holdfast.connections.Standing;
import io.holdfast.fold.Cursor;
import io.holdfast.fold.EntryCodec;
import io.holdfast.fold.FoldLimits;
import io.holdfast.journal.Signals;
import io.holdfast.journalnats.NatsOptions;
import io.holdfast.journalrocksdb.RocksOptions;
import io.holdfast.keepers.Keepers;
import io.holdfast.nodes.EntryForms;
import io.holdfast.nodes.Nodes;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.ErrorInfo;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where everything is put together, and the process begins and ends. */
public final class Main {
  private static final Logger log = LoggerFactory.getLogger(Main.class);
  private static final int CANNOT_START = 1;

  /** A failed sync: nobody knows what is on disk, so nothing may be said any more. */
  private static final int OUTCOME_UNKNOWN = 70;

  private static final String WORDS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int BOOT_LENGTH = 8;
  private static final int ID_LENGTH = 16;

  private final Settings settings;
  private final Clock clock = Clock.systemUTC();
  private final SecureRandom random = new SecureRandom();

  /** What was opened, the last one first. */
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  private Main(Settings settings) {
    this.settings = settings;
  }

  /** Serves until it is told to stop. */
  public static void main(String[] args) {
    switch (Settings.parse(args)) {
      case Settings.Invocation.Stop(int exitCode, String text) -> {
        (exitCode == 0 ? System.out : System.err).println(text.stripTrailing());
        System.exit(exitCode);
      }
      case Settings.Invocation.Serve(Settings settings) -> serve(settings);
    }
  }

  private static void serve(Settings settings) {
    try {
      Server server = start(settings, UnaryOperator.identity());
      // Of what is printed here only the last line says that the server is ready.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
      if (server.ownKey() != null) {
        System.out.println("key: " + server.ownKey().whole());
      }
      System.out.println("Holdfast is ready at " + server.url());
    } catch (RuntimeException e) {
      log.debug("the server cannot start", e);
      System.err.println("holdfast: cannot start: " + e.getMessage());
      System.exit(CANNOT_START);
    }
  }

  /** As a hook of the VM, which would report the signal as the process's end. */
  private static void stop(Server server) {
    server.close();
    Runtime.getRuntime().halt(0);
  }

  /**
   * Starts a server.
   *
   * @param engine changes how the engine on disk is opened; tests hold its syncs
   */
  static Server start(Settings settings, UnaryOperator<RocksOptions> engine) {
    Main main = new Main(settings);
    try {
      return main.compose(engine);
    } catch (RuntimeException e) {
      Server.closeAll(main.parts);
      throw e;
    }
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.addFirst(part);
    return part;
  }

  private Server compose(UnaryOperator<RocksOptions> engine) {
    SystemTimers timers = part(new SystemTimers(clock));
    List<Lane> lanes = lanes();
    Store store = part(store(engine));
    String boot = word(BOOT_LENGTH);
    Nodes nodes = part(nodes(store, boot, timers));
    Tidings tidings = new Tidings(store.registry(), nodes, timers);
    ApiKey ownKey = new Setup(store.registry(), random).apply(settings);
    Apps apps = part(new Apps(store.registry()));
    Secrets secrets = part(new Secrets(store.registry(), clock, random));
    rotateDaily(secrets, timers);
    Revocations revocations = part(new Revocations(store.registry(), clock));
    Authenticator authenticator = new Authenticator(apps, secrets, revocations, clock);

    Supplier<String> ids = () -> word(ID_LENGTH);
    ChannelRules rules = (app, channel) -> apps.rules(app, channel).mutableMessages();
    Channels channels = channels(store, lanes, timers, apps, nodes);
    Connections connections =
        new Connections(
            channels,
            timers,
            connectionSettings(settings.limits(), boot),
            secrets.sealer("connection"),
            token -> reauthenticated(authenticator.authenticate(Credentials.ofToken(token))),
            rules,
            ids,
            nodes,
            Cursor.site(store.journal().generation()));
    apps.onRemoved(app -> connections.review(access -> standing(app, access)));
    revocations.listen(revocation -> enforce(revocation, connections, timers));
    RestPublishing publishing = new RestPublishing(connections, ids);
    keepers(channels, store, nodes, timers, apps);

    Metrics metrics = part(new Metrics());
    Traffic traffic = new Traffic(metrics::acked);
    Rest rest = new Rest();
    CometForwards forwards = new CometForwards(nodes, timers, connections::nodeOf);
    Hearsay hearsay = new Hearsay(apps, authenticator, tidings, store.signals() != null);
    Reception reception = new Reception(authenticator, connections);
    Comet comet = comet(reception, traffic, forwards);
    part(new CometGuests(nodes, timers, executor(), comet::answerGuest));
    House house =
        new House(
            rest,
            new WebSockets(reception, traffic, maxFrame()),
            comet,
            new EventStreams(reception, traffic),
            hearsay);
    new ChannelRoutes(authenticator, channels, publishing, rules, traffic).addTo(rest);
    objectRoutes(authenticator, channels, publishing).addTo(rest);
    new BatchRoutes(authenticator, channels, publishing).addTo(rest);
    ChannelList list = new ChannelList(channels, nodes, executor());
    new StatusRoutes(authenticator, channels, list).addTo(rest);
    TokenRequests tokens = new TokenRequests(store.registry(), apps, secrets, clock, random);
    new KeyRoutes(clock, authenticator, apps, tokens, revocations, tidings).addTo(rest);
    new NodeRoutes(clock, authenticator).addTo(rest, house::open, store::ready, metrics::scrape);
    if (settings.sandbox()) {
      Sandbox sandbox = new Sandbox(store, apps, tidings, channels, timers, boot);
      new SandboxRoutes(authenticator, apps, sandbox, new Words(random)).addTo(rest);
    }
    metrics.watch(traffic);
    metrics.watch(house);
    metrics.watch(connections, channels);
    metrics.watch(store::stats);
    metrics.watch(nodes);

    Doors doors = part(new Doors(settings.host(), settings.port(), house));
    house.open(true);
    Server server =
        new Server(house, doors, forwards, channels, connections, parts, settings.host(), ownKey);
    log.atInfo().addKeyValue("boot", boot).addKeyValue("url", server.url()).log("serving");
    return server;
  }

  private Channels channels(
      Store store, List<Lane> lanes, SystemTimers timers, Apps apps, Nodes nodes) {
    return new Channels(
        store.journal(),
        lanes,
        timers,
        channelSettings(settings.limits()),
        id -> foldLimits(settings.limits(), apps.terms(id.app())),
        nodes);
  }

  /** More than clients are told, so that one a little too large is answered. */
  private int maxFrame() {
    return 2 * settings.limits().maxFrameSize();
  }

  private Comet comet(Reception reception, Traffic traffic, CometForwards forwards) {
    return new Comet(reception, traffic, maxFrame(), settings.limits().maxIdleInterval(), forwards);
  }

  private ObjectRoutes objectRoutes(
      Authenticator authenticator, Channels channels, RestPublishing publishing) {
    return new ObjectRoutes(
        authenticator, channels, publishing, clock, () -> word(ID_LENGTH), executor());
  }

  /** For what may take a while. */
  private ExecutorService executor() {
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    part((AutoCloseable) executor::shutdownNow);
    return executor;
  }

  /** Connections whose token has been taken back end, those that have a margin are asked first. */
  private void enforce(Revocation revocation, Connections connections, SystemTimers timers) {
    long now = clock.millis();
    connections.review(access -> standing(revocation, access, 0, now));
    for (long moment : revocation.moments(now)) {
      var _ =
          timers.after(
              moment - now,
              () -> connections.review(access -> standing(revocation, access, moment - 1, moment)));
    }
  }

  private static Standing standing(String deleted, Access access) {
    return access.app().equals(deleted)
        ? new Standing.Over(ErrorCode.NOT_FOUND.info("the app has been deleted"))
        : new Standing.Good();
  }

  /** As of the moment that a look was meant for, should the timer be ahead of the clock. */
  private Standing standing(Revocation revocation, Access access, long since, long moment) {
    long now = Math.max(moment, clock.millis());
    return switch (access) {
      case Principal p when revocation.ends(p, now) ->
          new Standing.Ended(ErrorCode.TOKEN_REVOKED.info());
      case Principal p when revocation.announces(p, since, now) -> new Standing.Renew();
      default -> new Standing.Good();
    };
  }

  private void keepers(
      Channels channels, Store store, Nodes nodes, SystemTimers timers, Apps apps) {
    ExecutorService executor =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("keepers").factory());
    part((AutoCloseable) executor::shutdownNow);
    Keepers keepers =
        new Keepers(
            channels,
            store.journal(),
            nodes,
            timers,
            executor,
            settings.limits().resumeHorizon().toMillis(),
            channel -> apps.rules(channel.app(), channel.name()).kept().toMillis(),
            channel -> apps.rules(channel.app(), channel.name()).objectRetention().toMillis());
    keepers.start();
    part((AutoCloseable) keepers::stop);
  }

  private static void rotateDaily(Secrets secrets, SystemTimers timers) {
    var _ =
        timers.after(
            Duration.ofDays(1).toMillis(),
            () -> {
              var _ = Thread.startVirtualThread(secrets::rotateIfDue);
              rotateDaily(secrets, timers);
            });
  }

  private Store store(UnaryOperator<RocksOptions> engine) {
    Path data = settings.data();
    return switch (settings.engine()) {
      case Settings.Engine.Memory() -> Store.memory(clock);
      case Settings.Engine.Nats(List<String> servers, int replicas) ->
          Store.nats(NatsOptions.of(servers, replicas));
      case Settings.Engine.RocksDb() ->
          Store.rocks(
              data == null ? Path.of("data") : data,
              engine.apply(
                  RocksOptions.of(Main::fatal)
                      .withClock(clock::millis)
                      .withFreeFloor(settings.limits().freeSpaceFloor())));
    };
  }

  /** Joins those that work on the journal already, if it and they can read one another. */
  private static Nodes nodes(Store store, String boot, SystemTimers timers) {
    Signals signals = store.signals();
    if (signals == null) {
      return Nodes.alone(boot);
    }
    EntryForms forms = new EntryForms(EntryCodec.NEWEST_READ, EntryCodec.NEWEST_WRITTEN);
    Nodes nodes = new Nodes(signals, boot, timers.forNodes(), forms);
    nodes.acquainted().join();
    String objection = nodes.objection(Main::unfit);
    if (objection != null) {
      nodes.close();
      throw new IllegalStateException(objection);
    }
    return nodes;
  }

  private static void fatal(Throwable failure) {
    end(
        "the journal failed; what is on disk or was read is unknown, so this process ends",
        failure);
  }

  /** Two that cannot read one another began at once; the others are served by the older one. */
  private static void unfit(String objection) {
    end(objection + "; so this process ends", new IllegalStateException(objection));
  }

  /** A node that is alive and answers nothing on some of its channels would be worse than none. */
  private static void stuck(Throwable failure) {
    end("the work of channels failed and stands still, so this process ends", failure);
  }

  private static void end(String why, Throwable failure) {
    try {
      log.error(why, failure);
    } finally {
      Runtime.getRuntime().halt(OUTCOME_UNKNOWN);
    }
  }

  private List<Lane> lanes() {
    List<Lane> lanes = new ArrayList<>();
    for (int i = 0; i < Math.max(2, Runtime.getRuntime().availableProcessors()); i++) {
      ExecutorService executor =
          Executors.newSingleThreadExecutor(
              Thread.ofPlatform().daemon().name("lane-" + i).factory());
      part((AutoCloseable) executor::shutdownNow);
      lanes.add(new Lane(executor, Main::stuck));
    }
    return lanes;
  }

  private static ChannelSettings channelSettings(Limits limits) {
    ChannelSettings standard = ChannelSettings.DEFAULT;
    return new ChannelSettings(
        foldLimits(limits, Terms.STANDARD),
        standard.recentBytes(),
        standard.cacheBytes(),
        standard.checkpointBytes(),
        standard.entryBytes(),
        standard.objectPageBytes(),
        standard.backlogBytes(),
        standard.unackedBytes(),
        standard.idle(),
        limits.resumeHorizon().toMillis(),
        standard.earlierBootGrace());
  }

  private static FoldLimits foldLimits(Limits limits, Terms terms) {
    return new FoldLimits(
            limits.maxFrameSize(),
            terms.presenceMembers() > 0 ? terms.presenceMembers() : limits.presenceMembers(),
            FoldLimits.DEFAULT.resultsKept())
        .withObjects(
            limits.objectsBytes(), Channels.objectGraceFor(limits.objectsGrace().toMillis()));
  }

  private static ConnectionSettings connectionSettings(Limits limits, String boot) {
    ConnectionSettings standard = ConnectionSettings.DEFAULT;
    return new ConnectionSettings(
        limits.maxMessageSize(),
        limits.maxFrameSize(),
        limits.connectionStateTtl().toMillis(),
        limits.maxIdleInterval().toMillis(),
        standard.maxUnackedFrames(),
        standard.maxUnackedBytes(),
        standard.maxNodeUnackedBytes(),
        standard.ackTimeout(),
        standard.maxChannels(),
        limits.connectionMessageRate(),
        limits.channelMessageRate(),
        "holdfast-" + boot);
  }

  private static Reauthentication.Outcome reauthenticated(Authentication authentication) {
    return switch (authentication) {
      case Authentication.Granted(Principal principal) ->
          new Reauthentication.Outcome.Granted(principal);
      case Authentication.Refused(ErrorInfo error) -> new Reauthentication.Outcome.Refused(error);
    };
  }

  private String word(int length) {
    StringBuilder word = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      word.append(WORDS.charAt(random.nextInt(WORDS.length())));
    }
    return word.toString();
  }
}
