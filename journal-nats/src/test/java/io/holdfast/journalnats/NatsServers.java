package io.holdfast.journalnats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Real servers on this machine, one alone or a cluster, that die with the tests. */
public final class NatsServers implements AutoCloseable {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final String sync;
  private final List<Server> servers = new ArrayList<>();

  /** One server; its ports and files outlive its process. */
  public final class Server {
    private final int index;
    private final int port = freePort();
    private final int routes = freePort();
    private @Nullable Process process;

    Server(int index) {
      this.index = index;
    }

    String url() {
      return "nats://127.0.0.1:" + port;
    }

    String name() {
      return "n" + index;
    }

    private String config(int count) {
      StringBuilder config = new StringBuilder();
      config.append(
          """
          server_name: %s
          host: 127.0.0.1
          port: %d
          max_payload: 8MB
          jetstream { store_dir: "%s", sync_interval: %s, max_file: 10GB }
          """
              .formatted(name(), port, directory.resolve(name()), sync));
      if (count > 1) {
        config.append(
            "cluster { name: test, host: 127.0.0.1, port: %d, routes: [".formatted(routes));
        servers.forEach(
            server -> config.append("\"nats://127.0.0.1:%d\", ".formatted(server.routes)));
        config.append("] }\n");
      }
      return config.toString();
    }

    public void start() {
      Path file = directory.resolve(name() + ".conf");
      try {
        Files.writeString(file, config(servers.size()));
        process =
            new ProcessBuilder(NatsBinary.path().toString(), "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(
                    ProcessBuilder.Redirect.appendTo(directory.resolve(name() + ".log").toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Whether somebody listens on its port. */
    boolean isUp() {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return socket.isConnected();
      } catch (IOException _) {
        return false;
      }
    }

    /** As {@code kill -9}. */
    public void kill() {
      Process running = process;
      if (running != null) {
        running.destroyForcibly();
        try {
          running.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private NatsServers(Path directory, int count, String sync) {
    this.directory = directory;
    this.sync = sync;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int i = 0; i < count; i++) {
      servers.add(new Server(i));
    }
  }

  /** Servers as they are to be configured: an acknowledgement means that it is on disk. */
  public static NatsServers syncing(Path directory, int count) {
    return start(directory, count, "always");
  }

  /** Servers whose disk is not what is tested. */
  public static NatsServers fast(Path directory, int count) {
    return start(directory, count, "2m");
  }

  private static NatsServers start(Path directory, int count, String sync) {
    NatsServers servers = new NatsServers(directory, count, sync);
    servers.servers.forEach(Server::start);
    servers.awaitReady();
    return servers;
  }

  /** Servers that know of one another, and of which none is started yet. */
  static NatsServers unstarted(Path directory, int count) {
    return new NatsServers(directory, count, "2m");
  }

  /**
   * Not one of those that systems give to outgoing connections: any of them might take it before
   * the server comes to listen on it.
   */
  private static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
      if (GIVEN.add(port) && isFree(port)) {
        return port;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException _) {
      return false;
    }
  }

  public List<Server> servers() {
    return List.copyOf(servers);
  }

  Server named(String name) {
    return servers.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  public List<String> urls() {
    return servers.stream().map(Server::url).toList();
  }

  /** A log of its own for each test. */
  NatsOptions options() {
    return NatsOptions.of(urls(), servers.size()).withName("t" + NAMES.incrementAndGet());
  }

  /** The same log, reached through one of the servers first; the others are learnt. */
  NatsOptions only(int number, NatsOptions options) {
    return new NatsOptions(
        List.of(servers.get(number % servers.size()).url()),
        options.name(),
        options.replicas(),
        options.credentials(),
        options.keptAtMost());
  }

  /** Opens until the cluster has found itself. */
  private void awaitReady() {
    @Nullable RuntimeException[] last = new RuntimeException[1];
    try {
      awaitUntil(
          () -> {
            try (NatsStore store = NatsStore.open(options())) {
              return store.journal().generation() > 0;
            } catch (RuntimeException e) {
              last[0] = e;
              return false;
            }
          });
    } catch (AssertionError e) {
      throw new AssertionError("the servers are not ready", last[0]);
    }
  }

  public static void awaitUntil(BooleanSupplier met) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!met.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it did not come to be in time");
      }
      java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
    }
  }

  @Override
  public void close() {
    servers.forEach(Server::kill);
  }
}
