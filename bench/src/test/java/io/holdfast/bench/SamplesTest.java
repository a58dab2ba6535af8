package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void theMedianIsTheMiddleOrBetweenTheTwoMiddles() {
    assertEquals(3, new Samples(List.of(9.0, 1.0, 3.0)).median());
    assertEquals(2.5, new Samples(List.of(9.0, 1.0, 3.0, 2.0)).median());
  }

  @Test
  void theSpreadIsFromTheSmallestToTheLargest() {
    var samples = new Samples(List.of(5.0, 1.0, 3.0));
    assertEquals(1, samples.min());
    assertEquals(5, samples.max());
  }

  @Test
  void aPercentileIsOneOfTheValues() {
    var samples = new Samples(List.of(5.0, 1.0, 3.0, 2.0));
    assertEquals(2, samples.percentile(50));
    assertEquals(5, samples.percentile(99));
    assertEquals(1, samples.percentile(0));
  }

  @Test
  void noRunHasNoStatistics() {
    assertThrows(IllegalStateException.class, () -> Samples.none().median());
  }

  @Test
  void aRowWithoutABaselineDoesNotCompare() {
    assertFalse(Row.alone("a", "s", Samples.of(1)).compares());
    assertFalse(new Row("a", "s", Samples.of(1), "b", Samples.of(0)).compares());
    assertEquals(0.5, new Row("a", "s", Samples.of(1), "b", Samples.of(2)).ratio());
  }
}
