package io.holdfast.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real server, as a process of its own that can be killed and started again on its port. */
final class ServerProcess implements AutoCloseable {
  static final String KEY = "app.k:secret";

  private final Path folder;
  private final List<String> options;
  private @Nullable Process process;
  private int port;

  private ServerProcess(Path folder, List<String> options) {
    this.folder = folder;
    this.options = options;
  }

  /** Keeps nothing. */
  static ServerProcess inMemory(Path folder, String... more) {
    return started(folder, List.of("--journal", "memory"), more);
  }

  static ServerProcess onDisk(Path folder, String... more) {
    return started(folder, List.of("--data", folder.resolve("store").toString()), more);
  }

  private static ServerProcess started(Path folder, List<String> options, String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--key", KEY));
    all.addAll(List.of(more));
    ServerProcess server = new ServerProcess(folder, all);
    server.start();
    return server;
  }

  /** Starts it, again if need be on the port it had. */
  void start() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "io.holdfast.server.Main"));
    command.addAll(List.of("--port", Integer.toString(port)));
    command.addAll(options);
    try {
      Process started =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("errors").toFile()))
              .start();
      process = started;
      BufferedReader out = started.inputReader();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        int at = line.indexOf("ready at http://");
        if (at >= 0) {
          port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip());
          return;
        }
      }
      throw new IllegalStateException("the server did not start");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  /** Kills it so that it can say nothing. */
  void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  /** Options of a client of it. */
  ClientOptions.Builder options() {
    return ClientOptions.builder().host("127.0.0.1").port(port).tls(false).key(KEY);
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
