package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
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
  void aBusyDriverIsSaid() {
    assertTrue(Report.driver(new Samples(List.of(0.2, 0.95))).contains("may show its limit"));
    assertTrue(Report.driver(Samples.of(0.4)).contains("was not the limit"));
  }
}
