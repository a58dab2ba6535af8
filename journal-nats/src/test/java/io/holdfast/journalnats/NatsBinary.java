package io.holdfast.journalnats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/**
 * A real nats-server to test with: the one that {@code HOLDFAST_NATS_SERVER} names, else one of the
 * recommended version that Go has built, once per machine, into the user's cache.
 */
final class NatsBinary {
  private static final String MODULE = "github.com/nats-io/nats-server/v2@v";
  private static final long BUILD_MINUTES = 10;

  private NatsBinary() {}

  static Path path() {
    String named = System.getenv("HOLDFAST_NATS_SERVER");
    return named == null || named.isEmpty() ? built(Streams.RECOMMENDED) : Path.of(named);
  }

  private static synchronized Path built(String version) {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path home =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    Path binary = home.resolve("holdfast").resolve("nats-server-" + version);
    if (!Files.isExecutable(binary)) {
      build(version, binary);
    }
    return binary;
  }

  private static void build(String version, Path binary) {
    try {
      Files.createDirectories(binary.getParent());
      Path fresh = Files.createTempDirectory(binary.getParent(), "build");
      ProcessBuilder go = new ProcessBuilder("go", "install", MODULE + version);
      go.environment().put("GOBIN", fresh.toString());
      go.redirectErrorStream(true).redirectOutput(fresh.resolve("log").toFile());
      Process process = go.start();
      if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IllegalStateException(
            "go could not build nats-server "
                + version
                + ", for which it must be 1.26 or later; a nats-server can be named in"
                + " HOLDFAST_NATS_SERVER instead. It said: "
                + Files.readString(fresh.resolve("log")));
      }
      // whole or not at all, whoever else builds it at the same time
      Files.move(
          fresh.resolve("nats-server"),
          binary,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      Files.delete(fresh.resolve("log"));
      Files.delete(fresh);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The tests need a nats-server and Go to build it; install Go 1.26 or later, or name a"
              + " nats-server in HOLDFAST_NATS_SERVER",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while nats-server was built", e);
    }
  }
}
