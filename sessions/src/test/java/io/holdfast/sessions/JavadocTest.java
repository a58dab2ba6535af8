package io.holdfast.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.DocumentationTool;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The documentation of what users link builds without a warning, and nothing public has none. */
class JavadocTest {
  /** What a sentence says already need not be said again in a tag. */
  private static final String TAG_MISSING = "warning: no @";

  @ParameterizedTest
  @ValueSource(strings = {"client", "sessions"})
  void itBuildsWithoutWarningsAndIsWhole(String module, @TempDir Path folder) throws IOException {
    Path main = Path.of("..", module, "src/main/java/io/holdfast", module);
    DocumentationTool tool = ToolProvider.getSystemDocumentationTool();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = tool.getStandardFileManager(null, null, null);
        Stream<Path> sources = Files.list(main)) {
      List<String> options =
          List.of(
              "-public",
              "-quiet",
              "-Xdoclint:all",
              "-Xmaxwarns",
              "10000",
              "--release",
              "21",
              "-classpath",
              System.getProperty("java.class.path"),
              "-d",
              folder.toString());
      tool.getTask(
              said, files, null, null, options, files.getJavaFileObjectsFromPaths(sources.toList()))
          .call();
    }
    assertEquals(
        List.of(),
        said.toString()
            .lines()
            .filter(line -> line.contains("warning:") || line.contains("error:"))
            .filter(line -> !line.contains(TAG_MISSING))
            .toList());
  }
}
