package io.holdfast.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SeedsTest {
  @ParameterizedTest
  @EnumSource
  void whatIsKeptIsTaken(Target target) {
    assertFalse(target.seeds().isEmpty());
    target.seeds().values().forEach(target::run);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsCutIsNoFault(Target target) {
    for (byte[] seed : target.seeds().values()) {
      for (int length = 0; length < seed.length; length += 7) {
        target.run(Arrays.copyOf(seed, length));
      }
    }
  }
}
