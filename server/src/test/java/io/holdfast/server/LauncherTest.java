package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher says without building anything. */
class LauncherTest {
  private static final Path LAUNCHER = Path.of("..", "holdfast").toAbsolutePath().normalize();

  private @TempDir Path directory = Path.of("");

  private record Said(int code, String out, String err) {}

  private Said run(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    command.addAll(List.of(args));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
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
    for (String word : List.of("serve", "test", "bench", "version", "java, format", "kill")) {
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
}
