package io.holdfast.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the server is to run: what the command line and the configuration file say together, checked.
 *
 * @param data where everything is kept; null for a journal elsewhere without a directory
 * @param apps those that are configured, with their keys; kept in the registry by {@link Setup}
 * @param namespaces of every app that has none of that name itself
 */
record Settings(
    String host,
    int port,
    @Nullable Path data,
    Engine engine,
    boolean sandbox,
    List<App> apps,
    Map<String, Rules> namespaces,
    Limits limits) {
  /** Which journal. */
  sealed interface Engine {
    /** On this machine's disk. */
    record RocksDb() implements Engine {}

    /** Gone with the process. */
    record Memory() implements Engine {}

    /**
     * On servers of their own.
     *
     * @param replicas how many of them keep everything
     */
    record Nats(List<String> servers, int replicas) implements Engine {
      public Nats {
        servers = List.copyOf(servers);
      }
    }
  }

  /** What the command line comes to. */
  sealed interface Invocation {
    record Serve(Settings settings) implements Invocation {}

    /**
     * There is nothing to serve: help was asked for, or something is wrong.
     *
     * @param exitCode 0 for what goes to stdout, else what goes to stderr
     */
    record Stop(int exitCode, String text) implements Invocation {}
  }

  Settings {
    apps = List.copyOf(apps);
    namespaces = Map.copyOf(namespaces);
  }

  static Invocation parse(String... args) {
    return CommandLineOptions.parse(args);
  }

  /** Whether anybody could connect: without a key one is made. */
  boolean hasKey() {
    return apps.stream().anyMatch(app -> !app.keys().isEmpty());
  }

  Settings with(ApiKey key) {
    List<App> changed = new ArrayList<>();
    boolean found = false;
    for (App app : apps) {
      boolean its = app.id().equals(key.app());
      found |= its;
      changed.add(its ? app.withKey(key.id(), key) : app);
    }
    if (!found) {
      changed.add(App.empty(key.app()).withKey(key.id(), key));
    }
    return new Settings(host, port, data, engine, sandbox, changed, namespaces, limits);
  }

  /** The apps with all their namespaces, as the registry is to hold them. */
  List<App> whole() {
    List<App> whole = new ArrayList<>();
    for (App app : apps) {
      Map<String, Rules> all = new HashMap<>(namespaces);
      all.putAll(app.namespaces());
      whole.add(new App(app.id(), app.terms(), app.keys(), all));
    }
    return whole;
  }
}
