package io.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts what a figure needs: the server through its launcher, as a user would, baselines and load
 * drivers as JVMs of their own. Its directory must be on a real disk, or nothing is durable.
 */
final class Bench implements AutoCloseable {
  /** Names of options that would load another program's archived classes into a baseline. */
  private static final List<String> NOT_COMPARABLE =
      List.of("AOT", "SharedArchive", "-Xshare", "-Xlog", "HeapDumpPath", "ErrorFile");

  /** Several nodes share the machine, of which a server alone may take half. */
  private static final String NODE_HEAP = "-Xmx2g";

  private final Path launcher;
  private final Path work;
  private final Collection<Child> children = new ConcurrentLinkedQueue<>();
  private List<String> serverFlags = List.of();
  private int directories;
  private volatile boolean closed;

  Bench(Path launcher, Path work) throws IOException {
    this.launcher = launcher;
    this.work = work;
    var _ = Files.createDirectories(work);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::abandon));
  }

  /** A server or a baseline that listens; the port and the directory are known to its starter. */
  record Target(Child child, int port) implements AutoCloseable {
    long pid() {
      return child.proc().pid();
    }

    @Override
    public void close() {
      child.close();
    }
  }

  Path work() {
    return work;
  }

  Path freshDirectory(String name) throws IOException {
    return Files.createDirectories(work.resolve(name + "-" + ++directories));
  }

  Target server(Path data, String... more) throws IOException {
    return server(List.of(), data, List.of(more));
  }

  /** One whose collector keeps a log. */
  Target server(Path data, GcLog log) throws IOException {
    String others = System.getenv().getOrDefault("HOLDFAST_JAVA_OPTS", "");
    String options = "HOLDFAST_JAVA_OPTS=" + others + " " + log.option();
    return server(List.of("env", options), data, List.of());
  }

  private Target server(List<String> before, Path data, List<String> more) throws IOException {
    var arguments = new ArrayList<>(List.of("--data", data.toString()));
    arguments.addAll(more);
    return serving("server", before, arguments);
  }

  /** One of several on the same NATS servers. */
  Target node(String name, String journal) throws IOException {
    String others = System.getenv().getOrDefault("HOLDFAST_JAVA_OPTS", "");
    String options = "HOLDFAST_JAVA_OPTS=" + others + " " + NODE_HEAP;
    return serving(name, List.of("env", options), List.of("--journal", journal));
  }

  private Target serving(String name, List<String> before, List<String> more) throws IOException {
    int port = freePort();
    var command = new ArrayList<>(before);
    command.addAll(
        List.of(launcher.toString(), "serve", "--port", Integer.toString(port), "--key", Load.KEY));
    command.addAll(more);
    Child child = child(name, command);
    // The launcher may have to build first.
    var _ = child.await(300, line -> line.contains("ready"));
    serverFlags = comparableFlags(child.proc().command());
    return new Target(child, port);
  }

  List<String> serverFlags() {
    return serverFlags;
  }

  /** The baseline runs under the server's JVM options: a collector is not what is compared. */
  Target rawNetty(String mode, String... more) throws IOException {
    int port = freePort();
    var arguments = new ArrayList<>(List.of("--mode", mode, "--port", Integer.toString(port)));
    arguments.addAll(List.of(more));
    Child child = child("raw Netty", java(serverFlags, RawNetty.class, arguments));
    var _ = child.await(30, line -> line.contains("ready"));
    return new Target(child, port);
  }

  Child rawStore(List<String> arguments) throws IOException {
    return child("raw store", java(serverFlags, RawStore.class, arguments));
  }

  /** A baseline on NATS servers without the product. */
  Child rawNats(List<String> arguments) throws IOException {
    return child("raw NATS", java(List.of("-Xmx1g"), RawNats.class, arguments));
  }

  /** The program of a NATS server: one that the environment names, or what the launcher finds. */
  Path natsServer() throws IOException {
    String named = System.getenv().getOrDefault("HOLDFAST_NATS_SERVER", "");
    return Path.of(named.isEmpty() ? asked("nats-server").strip() : named);
  }

  /** The benchmarks in one thread, in JVMs with the server's collector. */
  Child micro(int rounds, int iterations, int millis) throws IOException {
    List<String> said = asked("classpath", "micro").lines().toList();
    var command =
        new ArrayList<>(List.of(said.getFirst() + "/bin/java", "-Djmh.ignoreLock=true", "-Xmx1g"));
    command.addAll(List.of("-XX:+UseG1GC", "-XX:+UseCompactObjectHeaders"));
    command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "-cp", said.getLast()));
    command.add("io.holdfast.micro.Main");
    for (int number : new int[] {rounds, iterations, millis}) {
      command.add(Integer.toString(number));
    }
    return child("benchmarks", command);
  }

  /** What the launcher says to a command, which may be building first. */
  private String asked(String... words) throws IOException {
    var command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(words));
    Process asked =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (asked.waitFor() != 0) {
        throw new LoadFailure("There is no " + words[words.length - 1] + " to measure with.");
      }
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
    return said;
  }

  /** An agent in Java, under the options that a JVM has by itself but for a bound of its heap. */
  Child sessionsAgent(Target target, String... more) throws IOException {
    var arguments =
        new ArrayList<>(
            List.of("--port", Integer.toString(target.port), "--pid", Long.toString(target.pid())));
    arguments.addAll(List.of(more));
    return child("agent", java(List.of("-Xmx1g"), SessionsAgent.class, arguments));
  }

  Child load(String kind, Target target, String... more) throws IOException {
    return load(kind, List.of(target), List.of(more));
  }

  /** Load on several nodes at once. */
  Child load(String kind, List<Target> targets, List<String> more) throws IOException {
    var arguments =
        new ArrayList<>(
            List.of(
                kind,
                "--port",
                commas(targets.stream().map(Target::port)),
                "--pid",
                commas(targets.stream().map(Target::pid))));
    arguments.addAll(more);
    // Bounds are checked by the tests of the scanner, not on every byte of a million frames.
    var flags =
        List.of(
            "-XX:+UseSerialGC",
            "-Xmx1g",
            "-Dio.netty.buffer.checkBounds=false",
            "-Dio.netty.buffer.checkAccessible=false");
    return child("load driver (" + kind + ")", java(flags, Load.class, arguments));
  }

  private static String commas(Stream<? extends Number> numbers) {
    return numbers.map(String::valueOf).collect(Collectors.joining(","));
  }

  /** A program that has its own words on being ready. */
  Child program(String name, List<String> command) throws IOException {
    return child(name, command);
  }

  private Child child(String name, List<String> command) throws IOException {
    Path errors = work.resolve(name.replaceAll("\\W+", "-") + ".err");
    if (closed) {
      throw new LoadFailure("The bench is over.");
    }
    var child = new Child(name, command, errors);
    children.add(child);
    return child;
  }

  private static List<String> java(List<String> flags, Class<?> main, List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(arguments);
    return command;
  }

  /** The options of a JVM's command line that another program can be run with as well. */
  static List<String> comparableFlags(List<String> command) {
    return command.stream()
        .filter(word -> word.startsWith("-X") || word.startsWith("-Dio.netty"))
        .filter(word -> NOT_COMPARABLE.stream().noneMatch(word::contains))
        .toList();
  }

  /** Below the range of local ports, which the load's connections may have used up. */
  static int freePort() throws IOException {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(12_000, 30_000);
      try (var socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Taken: the next attempt draws another.
      }
    }
    throw new IOException("No free port between 12000 and 30000.");
  }

  private void stopAll() {
    children.forEach(Child::close);
  }

  /** Also when it is interrupted, ten gigabytes must not be left behind. */
  private void abandon() {
    try {
      close();
    } catch (IOException | UncheckedIOException e) {
      System.err.println(work + " could not be removed: " + e);
    }
  }

  /** Once at a time: whoever interrupts the bench closes it beside the one who measures. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    stopAll();
    delete(work);
  }

  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> all;
    try (var paths = Files.walk(directory)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      var _ = Files.deleteIfExists(path);
    }
  }
}
