package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  @Test
  void survivesTheWayThroughALine() {
    var sent = new Outcome().put("rate", 12345.5).put("p99", 0.25);
    assertEquals(sent, Outcome.parse(sent.line()));
  }

  @Test
  void percentilesAreInMilliseconds() {
    var nanos = new Histogram(3);
    for (int i = 1; i <= 100; i++) {
      nanos.recordValue(i * 1_000_000L);
    }
    var outcome = new Outcome().put("ack", nanos);
    assertEquals(50, outcome.get("ackP50"), 0.1);
    assertEquals(99, outcome.get("ackP99"), 0.1);
  }

  @Test
  void aMissingFigureIsNamed() {
    var failure = assertThrows(LoadFailure.class, () -> new Outcome().put("a", 1).get("b"));
    assertEquals("The run did not report b, only [a].", failure.getMessage());
  }
}
