package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  @Test
  void wordsAndPairsMayMix() {
    var arguments = Arguments.of("quick", "--runs", "3", "--only", "idle");
    assertEquals(List.of("quick"), arguments.words());
    assertEquals(3, arguments.number("runs", 5));
    assertEquals("idle", arguments.text("only", ""));
    assertEquals(5, arguments.number("seconds", 5));
  }

  @Test
  void severalNumbersHaveCommasBetween() {
    assertEquals(List.of(7, 8), Arguments.of("--port", "7,8").numbers("port"));
    assertEquals(List.of(7), Arguments.of("--port", "7").numbers("port"));
    assertThrows(IllegalArgumentException.class, () -> Arguments.of().numbers("port"));
  }

  @Test
  void whatIsMissingOrNoNumberIsSaid() {
    assertThrows(IllegalArgumentException.class, () -> Arguments.of("--runs"));
    assertThrows(IllegalArgumentException.class, () -> Arguments.of().number("port"));
    var failure =
        assertThrows(
            IllegalArgumentException.class, () -> Arguments.of("--runs", "x").number("runs", 1));
    assertEquals("--runs needs a whole number, not x.", failure.getMessage());
  }
}
