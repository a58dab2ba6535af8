package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class MicroFigureTest {
  @Test
  void aComparisonOfTheBenchmarksIsARow() {
    Row row = MicroFigure.row("ROW\tdecode\tplain\t1.5,2.5\t4.000000");
    assertEquals("decode", row.what());
    assertEquals("plain", row.baselineName());
    assertEquals(List.of(1.5, 2.5), row.product().values());
    assertEquals(0.5, row.ratio());
  }

  @Test
  void whatIsNoComparisonIsRefused() {
    assertThrows(LoadFailure.class, () -> MicroFigure.row("ROW\tdecode"));
  }
}
