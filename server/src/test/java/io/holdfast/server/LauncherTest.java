package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher says without building anything. */
class LauncherTest {
  private static final Path LAUNCHER = Path.of("..", "holdfast").toAbsolutePath().normalize();

  private @TempDir Path directory = Path.of("");

  private record Said(int code, String out, String err) {}

  private Said run(String... args) throws IOException, InterruptedException {
    return run(Map.of(), args);
  }

  private Said run(Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    command.addAll(List.of(args));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    int code = process.waitFor();
    return new Said(
        code,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  @Test
  void helpNamesEveryCommandAndSuite() throws Exception {
    Said said = run("help");
    assertEquals(0, said.code());
    for (String word :
        List.of("serve", "cluster", "test", "bench", "version", "java, format", "kill")) {
      assertTrue(said.out().contains(word), word);
    }
    assertEquals(said.out(), run().out());
  }

  @Test
  void versionIsTheBuilds() throws Exception {
    assertTrue(run("version").out().matches("holdfast \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n"));
  }

  @Test
  void whatItDoesNotKnowGoesToStderr() throws Exception {
    Said command = run("dance");
    assertEquals(2, command.code());
    assertEquals("", command.out());
    assertTrue(command.err().contains("no command dance"));
    Said suite = run("test", "dance");
    assertEquals(1, suite.code());
    assertTrue(suite.err().contains("there is no suite dance; there are: java, "));
    assertTrue(run("test", "--fast").err().contains("--full"));
  }

  /** A program in a folder of its own that says this and ends with this code. */
  private Path program(String name, String says, int code) throws IOException {
    Path folder = Files.createTempDirectory(directory, "path");
    Path program =
        Files.writeString(
            folder.resolve(name), "#!/bin/sh\necho '%s'\nexit %d\n".formatted(says, code));
    assertTrue(program.toFile().setExecutable(true));
    return program;
  }

  /** The environment of somebody whose cache is empty and who has these programs before others. */
  private Map<String, String> with(Path... programs) {
    StringBuilder path = new StringBuilder();
    for (Path program : programs) {
      path.append(program.getParent()).append(':');
    }
    return Map.of(
        "PATH",
        path + System.getenv("PATH"),
        "XDG_CACHE_HOME",
        directory.resolve("cache").toString(),
        "HOLDFAST_NATS_SERVER",
        "");
  }

  @Test
  void aNatsServerThatIsNamedMustBeNewEnough() throws Exception {
    Path current = program("nats-server", "nats-server: v2.11.4-RC.1", 0);
    Said said = run(Map.of("HOLDFAST_NATS_SERVER", current.toString()), "nats-server");
    assertEquals(0, said.code(), said.err());
    Path old = program("nats-server", "nats-server: v2.9.10", 0);
    Said refused = run(Map.of("HOLDFAST_NATS_SERVER", old.toString()), "nats-server");
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("which is 2.9.10; it must be"), refused.err());
    Path other = program("nats-server", "hello", 0);
    Said wrong = run(Map.of("HOLDFAST_NATS_SERVER", other.toString()), "nats-server");
    assertTrue(wrong.err().contains("which is no nats-server"), wrong.err());
    Said missing = run(Map.of("HOLDFAST_NATS_SERVER", old + ".gone"), "nats-server");
    assertTrue(missing.err().contains("that is no program"), missing.err());
  }

  @Test
  void theSystemsNatsServerIsTakenIfItIsNewEnoughAndElseGoBuildsOne() throws Exception {
    Path go = program("go", "no network", 1);
    Path current = program("nats-server", "nats-server: v2.12.0", 0);
    Said taken = run(with(current, go), "nats-server");
    assertEquals(current + "\n", taken.out(), taken.err());
    Said failed = run(with(program("nats-server", "nats-server: v2.10.29", 0), go), "nats-server");
    assertEquals(1, failed.code());
    assertTrue(failed.err().contains("  no network\n"), failed.err());
    assertTrue(failed.err().contains("Go could not build nats-server"), failed.err());
  }
}
