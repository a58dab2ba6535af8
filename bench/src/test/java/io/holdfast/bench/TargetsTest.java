package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetsTest {
  private static final Machine MACHINE = new Machine(Map.of("cores", "2", "cpu", "a processor"));

  private static List<Measured> kept(String report, Row... rows) {
    return List.of(
        new Measured(
            Instant.parse("2026-12-01T00:00:00Z"),
            MACHINE,
            List.of(new Report(report, "", List.of(rows), List.of()))));
  }

  private static String line(List<Measured> kept, String wanted) {
    return Targets.table(kept)
        .lines()
        .filter(line -> line.contains(wanted))
        .findFirst()
        .orElseThrow();
  }

  private static Row fanout(double product, double baseline) {
    return new Row(
        "saturated",
        "deliveries/s",
        Samples.of(product),
        "raw Netty, flush per 8 messages",
        Samples.of(baseline));
  }

  @Test
  void aRatioIsMetAtItsLimitAndNotBelow() {
    assertTrue(line(kept("fanout", fanout(80, 100)), "to 1,000").contains("| met |"));
    String below = line(kept("fanout", fanout(79, 100)), "to 1,000");
    assertTrue(below.contains("| 0.79: 79.0 deliveries/s beside 100.0 | **not met** |"), below);
  }

  @Test
  void whereEveryRunCountsTheWorstOneIsJudged() {
    var start = Row.alone("an empty directory", "s", new Samples(List.of(0.5, 0.6, 1.2)));
    String line = line(kept("start", start), "an empty directory");
    assertTrue(line.contains("| 1.20 s | **not met** |"), line);
  }

  @Test
  void aSmallDirectoryIsNotTakenForALargeOne() {
    var small = Row.alone("on 512 MiB, killed", "s", Samples.of(0.5));
    assertTrue(line(kept("start", small), "on 10 GB, killed").contains("| not yet |"));
    var large = Row.alone("on 10 GB, killed", "s", Samples.of(0.5));
    assertTrue(line(kept("start", large), "on 10 GB, killed").contains("| met |"));
  }

  @Test
  void whatWasMeasuredIsSaidWithItsMachine() {
    String table = Targets.table(kept("fanout", fanout(1, 1)));
    assertTrue(table.contains("- fanout: 2026-12-01, 2 cores of a processor"), table);
  }

  @Test
  void whatIsWrittenTakesThePlaceOfWhatWasThere() throws IOException {
    String start = "a\n<!-- targets, written by ./holdfast bench charts -->\n";
    String end = "<!-- end of targets -->\nb\n";
    String once = PerformancePage.within(start + "old\n" + end, "targets", "new\n");
    assertEquals(start + "\nnew\n\n" + end, once);
    assertEquals(once, PerformancePage.within(once, "targets", "new\n"));
    assertThrows(IOException.class, () -> PerformancePage.within("a", "targets", "new"));
  }

  @Test
  void everyPictureIsShown(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("performance.md");
    String marks =
        List.of("targets", "pictures").stream()
            .map(
                name ->
                    "<!-- %s, written by ./holdfast bench charts -->\n<!-- end of %s -->\n"
                        .formatted(name, name))
            .collect(Collectors.joining());
    Files.writeString(file, marks);
    var pictures = List.of(directory.resolve("performance/fanout.svg"));
    PerformancePage.write(kept("fanout", fanout(1, 1)), pictures, file);
    String text = Files.readString(file);
    assertTrue(text.contains("](performance/fanout.svg)\n"), text);
  }
}
