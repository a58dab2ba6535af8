package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reads the sources of all modules and keeps the house rules that a compiler does not know. */
class TidyTest {
  private static final Path ROOT = root();

  /** Files that may be longer, with the reason. Empty is best. */
  private static final Map<String, String> LONG = Map.of();

  /** Tests that wait by the clock, with the reason. An event that can be awaited is none. */
  private static final Map<String, String> SLEEPERS = Map.of();

  private static final Pattern EMPTY_NAME =
      Pattern.compile(".*(Impl|Manager|Util|Utils|Helper|Helpers)");

  /** What must not stand in our sources, and what to do instead. */
  private static final Map<Pattern, String> BANNED =
      Map.of(
          Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b"), "finish it or file an issue",
          Pattern.compile("@Dis" + "abled\\b"), "mend the test or remove it",
          Pattern.compile("(^|[^\\w.])/(work|farm|home|Users)/"), "no paths of one machine",
          Pattern.compile("System\\.(out|err)\\.print" + "StackTrace|\\.printStack" + "Trace\\("),
              "log it",
          Pattern.compile("\\bimport mod" + "ule\\b"), "explicit imports are the dependency list");

  private static final Pattern SLEEP = Pattern.compile("\\bThread\\.sle" + "ep\\(");

  private static final Pattern DETAIL =
      Pattern.compile("ErrorCode\\s*\\.\\w+\\s*\\.info\\((?:[^()\"]|\"[^\"]*\"|\\([^()]*\\))*\\)");

  private static final Pattern LITERAL = Pattern.compile("\"([^\"]*)\"");

  /** Modules whose errors are looked at for advice. */
  private static final List<String> SPEAKERS = List.of("protocol", "fold", "connections", "server");

  private static final Pattern TYPE =
      Pattern.compile(
          "(?m)^(public )?(?:(?:abstract|final|sealed|non-sealed|strictfp) )*"
              + "(?:class|interface|record|enum|@interface) ");

  /**
   * How many of a hundred types may be public where half is too few: what users link, what is
   * nothing but a port, what JMH reaches, and a ratchet where the values of a pure room are what
   * others work with.
   */
  private static final Map<String, Integer> PUBLIC_SHARE =
      Map.of(
          "protocol", 100, "objects", 100, "journal", 100, "fold", 67, "sessions", 55, "micro", 60);

  private static final int HALF = 50;

  private record Source(String module, boolean test, Path path, String text) {
    String name() {
      return ROOT.relativize(path).toString();
    }

    String type() {
      String file = String.valueOf(path.getFileName());
      return file.substring(0, file.length() - ".java".length());
    }
  }

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

  private static final List<Source> SOURCES = sources();

  private static List<Source> sources() {
    List<Source> sources = new ArrayList<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.sorted().toList()) {
        for (String part : List.of("main", "test")) {
          Path folder = module.resolve("src/" + part + "/java");
          if (Files.isDirectory(folder)) {
            read(module, part.equals("test"), folder, sources);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sources;
  }

  private static void read(Path module, boolean test, Path folder, List<Source> into)
      throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        into.add(new Source(module.getFileName() + "", test, file, Files.readString(file)));
      }
    }
  }

  private static void none(List<String> faults) {
    assertTrue(faults.isEmpty(), "\n" + String.join("\n", faults));
  }

  @Test
  void sourcesAreFound() {
    assertTrue(SOURCES.size() > 50);
    assertFalse(SOURCES.stream().allMatch(Source::test));
  }

  @Test
  void filesStayShort() {
    List<String> faults = new ArrayList<>();
    for (Source source : SOURCES) {
      long lines = source.text().lines().count();
      long limit = source.test() ? 1_000 : 600;
      if (lines > limit && !LONG.containsKey(source.name())) {
        faults.add(source.name() + ": " + lines + " lines; split it by noun, " + limit + " fail");
      }
    }
    none(faults);
  }

  @Test
  void namesSayWhatAThingIs() {
    none(
        SOURCES.stream()
            .filter(source -> EMPTY_NAME.matcher(source.type()).matches())
            .map(source -> source.name() + ": name the difference instead")
            .toList());
  }

  @Test
  void nothingBannedIsLeft() {
    List<String> faults = new ArrayList<>();
    for (Source source : SOURCES) {
      BANNED.forEach(
          (pattern, instead) -> {
            if (source.text().lines().anyMatch(line -> pattern.matcher(line).find())) {
              faults.add(source.name() + ": " + pattern + "; " + instead);
            }
          });
    }
    none(faults);
  }

  @Test
  void testsAwaitEventsNotTheClock() {
    none(
        SOURCES.stream()
            .filter(source -> source.test() && SLEEP.matcher(source.text()).find())
            .filter(source -> !SLEEPERS.containsKey(source.name()))
            .map(source -> source.name() + ": await the event, or give a reason in SLEEPERS")
            .toList());
  }

  @Test
  void exceptionsFromTheRulesAreStillNeeded() {
    List<String> names = SOURCES.stream().map(Source::name).toList();
    for (Map<String, String> list : List.of(LONG, SLEEPERS)) {
      list.keySet().forEach(name -> assertTrue(names.contains(name), name + " is gone"));
    }
  }

  @Test
  void everyRoomHasALabelAndNoNulls() {
    Map<Path, List<Source>> rooms =
        SOURCES.stream()
            .filter(source -> !source.test())
            .collect(Collectors.groupingBy(source -> source.path().resolveSibling("")));
    List<String> faults = new ArrayList<>();
    rooms.forEach(
        (folder, sources) -> {
          String label =
              sources.stream()
                  .filter(source -> source.type().equals("package-info"))
                  .map(Source::text)
                  .collect(Collectors.joining());
          if (!label.contains("NullMarked") || !label.contains("/**")) {
            faults.add(ROOT.relativize(folder) + ": package-info.java says what it is for");
          }
        });
    none(faults);
  }

  @Test
  void halfOfAModulesTypesAreItsOwn() {
    List<String> faults = new ArrayList<>();
    SOURCES.stream()
        .filter(source -> !source.test() && !source.type().equals("package-info"))
        .collect(Collectors.groupingBy(Source::module))
        .forEach(
            (module, sources) -> {
              long open = sources.stream().filter(TidyTest::isPublic).count();
              int share = PUBLIC_SHARE.getOrDefault(module, HALF);
              if (sources.size() >= 4 && open * 100 > (long) share * sources.size()) {
                faults.add(
                    module
                        + (": " + open + " of " + sources.size() + " types are public; at most ")
                        + (share + " in a hundred may be"));
              }
            });
    none(faults);
  }

  private static boolean isPublic(Source source) {
    return TYPE.matcher(source.text()).results().anyMatch(found -> found.group(1) != null);
  }

  @Test
  void theWordsOfATypeAreFound() {
    assertEquals(
        List.of("public ", "null", "null"),
        TYPE.matcher("public final class A {\n  public class B {}\n}\nrecord C() {}\nenum D {}\n")
            .results()
            .map(found -> String.valueOf(found.group(1)))
            .toList());
  }

  @Test
  void anErrorsDetailLeavesTheAdviceToItsCode() {
    List<String> found = new ArrayList<>();
    for (Source source : SOURCES) {
      if (SPEAKERS.contains(source.module()) && !source.test()) {
        for (MatchResult detail : DETAIL.matcher(source.text()).results().toList()) {
          String words =
              LITERAL
                  .matcher(detail.group())
                  .results()
                  .map(literal -> literal.group(1))
                  .collect(Collectors.joining());
          if (words.contains(";")) {
            found.add(source.name() + ": its code has advice already: " + words);
          }
        }
      }
    }
    none(found);
  }
}
