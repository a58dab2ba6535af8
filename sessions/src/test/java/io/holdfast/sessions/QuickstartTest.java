package io.holdfast.sessions;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in the README compiles as it stands there, with what sessions bring and no more. */
class QuickstartTest {
  @Test
  void itCompiles(@TempDir Path folder) throws Exception {
    String readme = Files.readString(Path.of("../README.md"));
    int from = readme.indexOf("```java\n// Session.java\n");
    int to = readme.indexOf("\n```\n", from);
    assertTrue(from >= 0 && to > from, "the README has the program");
    Path source = folder.resolve("Session.java");
    Files.writeString(source, readme.substring(from + "```java\n".length(), to));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "--release",
              "21",
              "-cp",
              System.getProperty("java.class.path"),
              "-d",
              folder.toString());
      boolean good =
          compiler
              .getTask(said, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertTrue(good, said.toString());
    }
  }
}
