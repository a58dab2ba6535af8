package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class LargestTest {
  private static final Largest SEARCH = new Largest(20, 20_000, 0.1);

  @Test
  void closesInFromBelowAndFromAbove() {
    for (int limit : List.of(3, 170, 1_999, 2_000, 2_001, 13_000)) {
      int found = SEARCH.from(2_000, number -> number <= limit);
      assertTrue(found <= limit && limit - found <= Math.max(1, limit * 0.1), limit + ": " + found);
    }
  }

  @Test
  void noneIsZeroAndNoMoreThanTheMostIsTried() {
    assertEquals(0, SEARCH.from(2_000, number -> false));
    assertEquals(20_000, SEARCH.from(2_000, number -> true));
  }

  @Test
  void noNumberIsTriedTwiceNorMoreThanItsSteps() {
    var tried = new ArrayList<Integer>();
    var _ = SEARCH.from(2_000, number -> tried.add(number) && number <= 777);
    assertEquals(new HashSet<>(tried).size(), tried.size());
    tried.clear();
    var _ = new Largest(3, 20_000, 0.01).from(2_000, number -> tried.add(number) && number <= 777);
    assertEquals(List.of(2_000, 1_000, 500), tried);
  }
}
