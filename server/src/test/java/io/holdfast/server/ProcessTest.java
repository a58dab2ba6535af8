package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process: what it prints, and how it ends. */
class ProcessTest {
  @TempDir private Path data;

  private Process start(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", Main.class.getName()));
    command.addAll(List.of("--port", "0", "--data", data.resolve("store").toString()));
    command.addAll(List.of(options));
    return new ProcessBuilder(command)
        .redirectError(data.resolve("errors" + System.nanoTime()).toFile())
        .start();
  }

  private String errors() throws IOException {
    StringBuilder all = new StringBuilder();
    try (var files = Files.newDirectoryStream(data, "errors*")) {
      for (Path file : files) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  private static int ended(Process process) throws InterruptedException {
    assertTrue(process.waitFor(10, TimeUnit.SECONDS), "it does not end");
    return process.exitValue();
  }

  @Test
  void itSaysOnceThatItIsReadyAndStopsCleanlyWithClientsConnected() throws Exception {
    Process process = start();
    try (BufferedReader out = process.inputReader();
        HttpClient http = HttpClient.newHttpClient()) {
      String key = out.readLine();
      assertTrue(key.startsWith("key: default."), key);
      String line = out.readLine();
      assertTrue(line.startsWith("Holdfast is ready at http://127.0.0.1:"), line);
      URI uri =
          URI.create(
              line.substring(line.indexOf("http")).replace("http:", "ws:")
                  + "/?v=6&key="
                  + key.substring("key: ".length()));
      try (Socket first = Socket.open(http, uri, null);
          Socket second = Socket.open(http, uri, null)) {
        first.await(4);
        second.await(4);
        process.toHandle().destroy();
        assertEquals(80003, first.await(6).path("error").path("code").asInt());
        assertEquals(80003, second.await(6).path("error").path("code").asInt());
        assertEquals(0, ended(process), errors());
      }
      assertEquals(List.of(), out.readAllLines());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theKeyItMadeIsPrintedAgainByTheNextStart() throws Exception {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Process process = start();
      try (BufferedReader out = process.inputReader()) {
        keys.add(out.readLine());
        out.readLine();
        process.toHandle().destroy();
        assertEquals(0, ended(process), errors());
      } finally {
        process.destroyForcibly();
      }
    }
    assertEquals(keys.getFirst(), keys.getLast());
  }

  @Test
  void aDirectoryInUseIsRefusedInOneSentence() throws Exception {
    Process holder = start("--key", "app.k:secret");
    Process late = null;
    try (BufferedReader out = holder.inputReader()) {
      assertTrue(out.readLine().contains("ready"));
      late = start("--key", "app.k:secret");
      assertEquals(1, ended(late));
      List<String> said = errors().lines().filter(line -> line.startsWith("holdfast: ")).toList();
      assertEquals(1, said.size(), errors());
      assertTrue(said.getFirst().startsWith("holdfast: cannot start: "), said.getFirst());
    } finally {
      holder.destroyForcibly();
      if (late != null) {
        late.destroyForcibly();
      }
    }
  }

  @Test
  void wrongOptionsAreToldOnStderr() throws Exception {
    Process process = start("--journal", "paper");
    assertEquals(2, ended(process));
    assertTrue(errors().contains("rocksdb, memory or nats:"), errors());
  }
}
