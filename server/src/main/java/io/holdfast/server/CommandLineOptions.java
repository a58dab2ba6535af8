package io.holdfast.server;

import io.holdfast.server.Settings.Engine;
import io.holdfast.server.Settings.Invocation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line of {@code serve}, and how it and the configuration file become one. */
final class CommandLineOptions {
  private static final Pattern KEY =
      Pattern.compile("([A-Za-z0-9_-]{1,64})\\.([A-Za-z0-9_-]{1,64}):(\\S{1,200})");
  private static final String HOST = "127.0.0.1";
  private static final int PORT = 8080;
  private static final String DATA = "data";
  private static final int WRONG = 2;
  private static final int REPLICAS = 3;
  private static final Pattern NATS = Pattern.compile("(nats|tls)://\\S+");

  private CommandLineOptions() {}

  static Invocation parse(String... args) {
    CommandLine commandLine = new CommandLine(spec());
    ParseResult given;
    try {
      given = commandLine.parseArgs(args);
    } catch (ParameterException e) {
      return new Invocation.Stop(WRONG, e.getMessage() + "\n" + commandLine.getUsageMessage());
    }
    if (given.isUsageHelpRequested()) {
      return new Invocation.Stop(0, commandLine.getUsageMessage());
    }
    Path file = given.matchedOptionValue("--config", (Path) null);
    ConfigFile config = file == null ? ConfigFile.NONE : ConfigFile.read(file);
    if (!config.faults().isEmpty()) {
      return new Invocation.Stop(
          WRONG, file + " is not right:\n  " + String.join("\n  ", config.faults()));
    }
    try {
      return new Invocation.Serve(settings(given, config));
    } catch (IllegalArgumentException e) {
      return new Invocation.Stop(WRONG, String.valueOf(e.getMessage()));
    }
  }

  private static Settings settings(ParseResult given, ConfigFile config) {
    Engine engine =
        engine(
            given.matchedOptionValue("--journal", config.journal()),
            given.matchedOptionValue("--replicas", config.replicas()));
    String host = given.matchedOptionValue("--host", config.host());
    Integer port = given.matchedOptionValue("--port", config.port());
    if (port != null && (port < 0 || port > 65_535)) {
      throw new IllegalArgumentException("--port must be from 0 to 65535, not " + port);
    }
    Settings settings =
        new Settings(
            host == null ? HOST : host,
            port == null ? PORT : port,
            data(given.matchedOptionValue("--data", config.data()), engine),
            engine,
            given.matchedOptionValue("--sandbox", config.sandbox()),
            config.apps(),
            config.namespaces(),
            config.limits());
    List<String> keys = given.matchedOptionValue("--key", List.of());
    Set<String> names = new HashSet<>();
    for (String text : keys) {
      ApiKey key = key(text);
      if (!names.add(key.name())) {
        throw new IllegalArgumentException(
            "--key " + key.name() + " is there twice; give each key once, with one secret");
      }
      settings = settings.with(key);
    }
    return settings;
  }

  private static @Nullable Path data(@Nullable String directory, Engine engine) {
    if (directory == null) {
      return engine instanceof Engine.RocksDb ? Path.of(DATA) : null;
    }
    return Path.of(directory);
  }

  private static Engine engine(@Nullable String name, @Nullable Integer replicas) {
    Engine engine =
        switch (name) {
          case null -> new Engine.RocksDb();
          case "rocksdb" -> new Engine.RocksDb();
          case "memory" -> new Engine.Memory();
          default -> nats(name, replicas == null ? REPLICAS : replicas);
        };
    if (replicas != null && !(engine instanceof Engine.Nats)) {
      throw new IllegalArgumentException("replicas: is for a journal on NATS, nats://HOST:PORT");
    }
    return engine;
  }

  // The text may hold a password, so it is not said back.
  private static Engine nats(String name, int replicas) {
    List<String> servers = List.of(name.split(",", -1));
    if (!servers.stream().allMatch(server -> NATS.matcher(server).matches())) {
      throw new IllegalArgumentException(
          "journal: must be rocksdb, memory or nats://HOST:PORT[,nats://HOST:PORT...]");
    }
    if (replicas != 1 && replicas != 3 && replicas != 5) {
      throw new IllegalArgumentException("replicas: must be 1, 3 or 5, not " + replicas);
    }
    return new Engine.Nats(servers, replicas);
  }

  // The text may be a secret, so it is not said back.
  private static ApiKey key(String text) {
    Matcher matcher = KEY.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "--key must have the form APP.KEY:SECRET, with letters, digits, - and _ in APP and KEY");
    }
    return new ApiKey(
        matcher.group(1), matcher.group(2), matcher.group(3), Capability.ALL, false, Origin.FLAG);
  }

  private static CommandSpec spec() {
    CommandSpec spec = CommandSpec.create().name("holdfast serve");
    spec.usageMessage()
        .description("Serves durable sessions over the Ably protocol, REST and WebSocket.");
    List<OptionSpec> options = new ArrayList<>();
    options.add(option("--host", "HOST", String.class, "address to listen on; " + HOST));
    options.add(option("--port", "PORT", Integer.class, "port to listen on; " + PORT));
    options.add(option("--data", "DIR", String.class, "directory that keeps everything; " + DATA));
    options.add(
        OptionSpec.builder("--key")
            .paramLabel("APP.KEY:SECRET")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("a key that clients may use; without any, one is made and printed")
            .build());
    options.add(
        option(
            "--journal",
            "ENGINE",
            String.class,
            "rocksdb, memory to keep nothing, or NATS servers, nats://HOST:PORT,...; rocksdb"));
    options.add(
        option(
            "--replicas",
            "N",
            Integer.class,
            "how many NATS servers keep everything, 1, 3 or 5; " + REPLICAS));
    options.add(
        OptionSpec.builder("--sandbox")
            .type(boolean.class)
            .description("for test suites of SDKs: apps can be made over REST")
            .build());
    options.add(
        option("--config", "FILE", Path.class, "YAML file; what is said here wins over it"));
    options.add(OptionSpec.builder("-h", "--help").usageHelp(true).description("say this").build());
    options.forEach(spec::addOption);
    return spec;
  }

  private static OptionSpec option(String name, String label, Class<?> type, String description) {
    return OptionSpec.builder(name).paramLabel(label).type(type).description(description).build();
  }
}
