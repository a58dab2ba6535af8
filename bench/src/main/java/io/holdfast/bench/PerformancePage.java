package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What the bench writes of {@code docs/performance.md}: the table of targets and the pictures. */
final class PerformancePage {
  private PerformancePage() {}

  /**
   * Puts both in their places.
   *
   * @param pictures in a directory beside the file
   */
  static Path write(List<Measured> kept, List<Path> pictures, Path file) throws IOException {
    String shown =
        pictures.stream()
            .map(picture -> file.resolveSibling("").relativize(picture).toString())
            .map(name -> "![%s](%s)\n".formatted(title(kept, name), name))
            .collect(Collectors.joining("\n"));
    String text = within(Files.readString(file), "targets", Targets.table(kept));
    return Files.writeString(file, within(text, "pictures", shown));
  }

  private static String title(List<Measured> kept, String name) {
    return kept.stream()
        .flatMap(measured -> measured.reports().stream())
        .filter(report -> name.endsWith("/" + report.name() + ".svg"))
        .map(report -> report.name() + ": " + report.title())
        .findFirst()
        .orElse(name);
  }

  static String within(String text, String name, String part) throws IOException {
    String start = "<!-- " + name + ", written by ./holdfast bench charts -->\n";
    int from = text.indexOf(start);
    int to = text.indexOf("<!-- end of " + name + " -->");
    if (from < 0 || to < from) {
      throw new IOException("There is no place for " + name + " behind " + start.strip());
    }
    return text.substring(0, from + start.length()) + "\n" + part + "\n" + text.substring(to);
  }
}
