package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keeps the table of errors and their pages together. */
class ErrorPagesTest {
  private static final Path ROOT = root();
  private static final Path PAGES = ROOT.resolve("docs/errors");
  private static final String INDEX = "README.md";

  /** A section with something in it. */
  private static final Pattern HAPPENED = Pattern.compile("\n## What happened\n\n[^#\\s][^#]{20,}");

  private static final Pattern REMEDY = Pattern.compile("\n## What to do\n\n[^#\\s][^#]{20,}");
  private static final Pattern LINK = Pattern.compile("\\]\\((\\d+)\\.md\\)");

  private static Path root() {
    Path path = Path.of("").toAbsolutePath();
    while (!Files.exists(path.resolve("holdfast"))) {
      Path parent = path.getParent();
      if (parent == null) {
        throw new IllegalStateException("not run inside the repository");
      }
      path = parent;
    }
    return path;
  }

  private static String page(ErrorCode code) throws IOException {
    Path page = PAGES.resolve(code.number() + ".md");
    assertTrue(Files.exists(page), code + " has no page; write docs/errors/" + page.getFileName());
    return Files.readString(page);
  }

  private static Set<String> numbers() {
    return Arrays.stream(ErrorCode.values())
        .map(code -> Integer.toString(code.number()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @EnumSource
  void aPageSaysWhatHappenedAndWhatToDo(ErrorCode code) throws IOException {
    String page = page(code);
    assertTrue(HAPPENED.matcher(page).find(), code + ": ## What happened");
    assertTrue(REMEDY.matcher(page).find(), code + ": ## What to do");
    assertTrue(page.contains("HTTP status " + code.status() + "."), code + ": HTTP status");
  }

  @ParameterizedTest
  @EnumSource
  void aPageHasTheWordsOfItsCode(ErrorCode code) throws IOException {
    String title = page(code).lines().findFirst().orElse("");
    String start = "# " + code.number() + ": ";
    assertTrue(title.startsWith(start), title);
    String what = title.substring(start.length());
    assertTrue(code.info().message().startsWith(what + ". "), what);
  }

  @ParameterizedTest
  @EnumSource
  void theIndexKnowsEveryCode(ErrorCode code) throws IOException {
    String title = page(code).lines().findFirst().orElse("").replaceFirst("^# \\d+: ", "");
    String row =
        "| [%d](%d.md) | %d | %s |".formatted(code.number(), code.number(), code.status(), title);
    assertTrue(Files.readString(PAGES.resolve(INDEX)).contains("\n" + row + "\n"), row);
  }

  @Test
  void everyPageIsOfACode() throws IOException {
    Set<String> pages = new TreeSet<>();
    try (Stream<Path> files = Files.list(PAGES)) {
      for (Path file : files.toList()) {
        String name = file.getFileName() + "";
        if (!name.equals(INDEX)) {
          pages.add(name.replaceFirst("\\.md$", ""));
        }
      }
    }
    assertEquals(numbers(), pages);
  }

  @Test
  void linksLeadToPages() throws IOException {
    List<String> lost = new ArrayList<>();
    try (Stream<Path> files = Files.list(PAGES)) {
      for (Path file : files.toList()) {
        LINK.matcher(Files.readString(file))
            .results()
            .map(link -> link.group(1))
            .filter(number -> !numbers().contains(number))
            .forEach(number -> lost.add(file.getFileName() + " links to " + number));
      }
    }
    assertEquals(List.of(), lost);
  }

  @Test
  void everyCodeIsSent() throws IOException {
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> modules = Files.list(ROOT)) {
      modules.map(module -> module.resolve("src/main/java")).forEach(main -> read(main, sources));
    }
    assertEquals(
        List.of(),
        Arrays.stream(ErrorCode.values())
            .filter(
                code ->
                    !Pattern.compile("\\bErrorCode\\s*\\." + code + "\\b").matcher(sources).find())
            .toList());
  }

  private static void read(Path folder, StringBuilder into) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        into.append(Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
