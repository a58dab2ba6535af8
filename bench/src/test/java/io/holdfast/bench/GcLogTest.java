package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class GcLogTest {
  @Test
  void pausesCountButForThoseTheBenchAskedFor() {
    var pauses =
        GcLog.pauses(
            """
            [0.006s] Using G1
            [1.101s] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(256M) 3.250ms
            [2.203s] GC(1) Concurrent Mark Cycle 12.000ms
            [2.303s] GC(1) Pause Remark 30M->30M(256M) 1.000ms
            [3.400s] GC(2) Pause Full (Diagnostic Command) 40M->9M(256M) 44.123ms
            [3.500s] GC(3) Pause Full (Heap Inspection Initiated GC) 9M->9M(256M) 41.000ms
            """);
    assertEquals(2, pauses.getTotalCount());
    assertEquals(3.25, pauses.getMaxValue() / 1e6, 0.01);
    assertEquals(1, pauses.getMinValue() / 1e6, 0.01);
  }
}
