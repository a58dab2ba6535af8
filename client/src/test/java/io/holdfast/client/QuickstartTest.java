package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in the README compiles as it stands there, and does what it says. */
class QuickstartTest {
  private static String program() throws Exception {
    String readme = Files.readString(Path.of("../README.md"));
    int from = readme.indexOf("```java\n// Answer.java\n");
    int to = readme.indexOf("\n```\n", from);
    assertTrue(from >= 0 && to > from, "the README has the program");
    return readme.substring(from + "```java\n".length(), to);
  }

  @Test
  void itCompilesAndStreamsOneAnswer(@TempDir Path folder) throws Exception {
    try (ServerProcess server = ServerProcess.inMemory(folder)) {
      Path source = folder.resolve("Answer.java");
      Files.writeString(source, program().replace("8080", Integer.toString(server.port())));
      JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
      String path = System.getProperty("java.class.path");
      StringWriter said = new StringWriter();
      try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
        boolean good =
            compiler
                .getTask(
                    said,
                    files,
                    null,
                    List.of("--release", "21", "-cp", path, "-d", folder.toString()),
                    null,
                    files.getJavaFileObjects(source))
                .call();
        assertTrue(good, said.toString());
      }
      ProcessBuilder command =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              folder + System.getProperty("path.separator") + path,
              "Answer");
      command.environment().put("KEY", ServerProcess.KEY);
      command.redirectError(folder.resolve("said").toFile());
      Process running = command.start();
      List<String> out =
          new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .toList();
      assertTrue(running.waitFor(20, TimeUnit.SECONDS));
      assertEquals(0, running.exitValue(), Files.readString(folder.resolve("said")));
      assertEquals("[It just goes on.]", out.get(out.size() - 1));
      assertEquals("CREATE ", out.get(0));
    }
  }
}
