package io.holdfast.journalnats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The NATS servers' configuration that users are given. */
class DocumentedServersTest {
  @ParameterizedTest
  @ValueSource(strings = {"nats-1.conf", "nats-2.conf", "nats-3.conf"})
  void aServerTakesIt(String name) throws Exception {
    Path file = Path.of("..", "docs", "cluster", name);
    Process process =
        new ProcessBuilder(NatsBinary.path().toString(), "-t", "-c", file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }
}
