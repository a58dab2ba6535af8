package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Report REPORT =
      new Report(
          "publish",
          "a title",
          List.of(
              new Row(
                  "acked",
                  "publishes/s",
                  new Samples(List.of(50_000.0, 60_000.0, 70_000.0)),
                  "raw",
                  new Samples(List.of(120_000.0))),
              Row.alone("lost", "", Samples.of(0))),
          List.of("a note"));

  @Test
  void theTableShowsMedianSpreadAndRatioInAlignedColumns() {
    assertEquals(
        """

        publish: a title

          figure                              Holdfast  baseline  ratio  baseline is
          acked, publishes/s  60,000 (50,000 - 70,000)   120,000   0.50  raw
          lost                                    0.00
          * a note
        """,
        Table.render(REPORT));
  }

  @Test
  void numbersKeepWhatMatters() {
    assertEquals("1,234,568", Table.number(1_234_567.8));
    assertEquals("12.3", Table.number(12.34));
    assertEquals("0.46", Table.number(0.456));
  }

  @Test
  void theFileHoldsMachineAndEverySample() throws IOException {
    var text = new StringWriter();
    ReportFile.write(
        text, new Machine(Map.of("cpu", "a \"fast\" one")), Instant.EPOCH, List.of(REPORT));
    int numbers = 0;
    try (var parser = new JsonFactory().createParser(text.toString())) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        numbers += token.isNumeric() ? 1 : 0;
      }
    }
    // Four and two samples with their medians, and one ratio.
    assertEquals(3 + 1 + 1 + 3 + 1, numbers);
    assertTrue(text.toString().contains("a \\\"fast\\\" one"));
  }

  @Test
  void whatWasWrittenIsRead() throws IOException {
    var text = new StringWriter();
    var machine = new Machine(Map.of("cpu", "a fast one"));
    ReportFile.write(text, machine, Instant.EPOCH, List.of(REPORT));
    assertEquals(
        new Measured(Instant.EPOCH, machine, List.of(REPORT)),
        ReportReader.read(new StringReader(text.toString())));
  }

  @Test
  void whatEndsInTheMiddleIsRefused() {
    for (String text : List.of("", "[]", "{", "{\"time\"", "{\"reports\": [{\"rows\": [")) {
      assertThrows(IOException.class, () -> ReportReader.read(new StringReader(text)), () -> text);
    }
  }

  @Test
  void aRatioStandsBesideTheOneThatWasKept() {
    var machine = new Machine(Map.of("cores", "2", "cpu", "a fast one"));
    var now =
        new Report(
            "publish",
            "",
            List.of(
                new Row("acked", "", Samples.of(60), "raw", Samples.of(100)),
                new Row("acked", "", Samples.of(60), "another", Samples.of(100)),
                Row.alone("lost", "", Samples.of(0))),
            List.of());
    assertEquals(
        """

          beside what was kept on 1970-01-01, 2 cores, a fast one:

          ratio               now  kept    by
          acked, by raw      0.60  0.50  1.20
          acked, by another  0.60              new
        """,
        Comparison.render(now, new Measured(Instant.EPOCH, machine, List.of(REPORT))));
  }

  @Test
  void whatDiffersByMoreThanNoiseIsMarked() {
    var machine = new Machine(Map.of());
    for (double acked : List.of(30.0, 80.0)) {
      var row = new Row("acked", "publishes/s", Samples.of(acked), "raw", Samples.of(100));
      var now = new Report("publish", "", List.of(row), List.of());
      String text = Comparison.render(now, new Measured(Instant.EPOCH, machine, List.of(REPORT)));
      assertTrue(text.contains("differs"), text);
    }
  }

  @Test
  void aBusyDriverIsSaid() {
    assertTrue(Report.driver(new Samples(List.of(0.2, 0.95))).contains("may show its limit"));
    assertTrue(Report.driver(Samples.of(0.4)).contains("was not the limit"));
  }
}
