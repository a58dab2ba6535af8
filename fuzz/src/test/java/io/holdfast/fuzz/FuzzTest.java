package io.holdfast.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fuzzes every target for a while, all at the same time. {@code -Dseconds=} and {@code -Dtarget=}
 * choose how long and which.
 */
class FuzzTest {
  private static final int SHORT = 20;
  private static final int FULL = 600;
  private static final Map<Target, Fuzzer> FUZZERS = new EnumMap<>(Target.class);

  private static int seconds() {
    boolean full = "1".equals(System.getenv("HOLDFAST_FULL"));
    return Integer.getInteger("seconds", full ? FULL : SHORT);
  }

  static Stream<Target> targets() {
    String only = System.getProperty("target", "");
    return Arrays.stream(Target.values()).filter(target -> target.word().startsWith(only));
  }

  @BeforeAll
  static void start() throws IOException {
    for (Target target : targets().toList()) {
      FUZZERS.put(target, Fuzzer.start(target, seconds()));
    }
  }

  @AfterAll
  static void stop() {
    FUZZERS.values().forEach(Fuzzer::stop);
  }

  @ParameterizedTest
  @MethodSource("targets")
  void nothingIsFound(Target target) throws Exception {
    Fuzzer.Outcome outcome = Objects.requireNonNull(FUZZERS.get(target)).await();
    System.out.printf(
        "fuzz: %s for %d s of %d: %s%n", target.word(), seconds(), FULL, outcome.words());
    assertTrue(outcome.clean(), outcome.words());
  }
}
