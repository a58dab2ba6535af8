package io.holdfast.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class SimulatorTest {
  private static final long BASE = 1_000_000;
  private static final int FIXED = 1_500;
  private static final int RANDOM = 1_500;
  private static final long FULL = 100_000;

  @Test
  void everyInvariantHoldsInManyHistories() {
    // CI repeats itself, so that a change is judged and not a seed; every other run explores
    boolean ci = System.getenv("CI") != null;
    long random = ci ? 2 * BASE : System.nanoTime() & 0xFFFF_FFFFL;
    Simulator simulator = new Simulator(Plant.NONE);
    System.out.printf("%d histories from seed %d and %d from %d%n", FIXED, BASE, RANDOM, random);
    LongStream.concat(
            LongStream.range(BASE, BASE + FIXED), LongStream.range(random, random + RANDOM))
        .parallel()
        .forEach(simulator::run);
    System.out.println(simulator.counts());
    assertEquals(List.of(), missing(simulator.counts()));
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "HOLDFAST_FULL", matches = "1")
  void everyInvariantHoldsInAHundredThousandHistories() {
    Campaign campaign = new Campaign(Path.of("target", "campaign"), Plant.NONE, 1, 10 * BASE, FULL);
    System.out.printf("%,d of %,d histories were done before%n", campaign.done(), FULL);
    campaign.run();
    System.out.printf("%,d histories from seed %d%n", campaign.done(), 10 * BASE);
    System.out.println(campaign.counts());
    assertEquals(List.of(), missing(campaign.counts()));
    assertEquals(FULL * History.STEPS, campaign.counts().of(Happening.STEP));
  }

  @Test
  @EnabledIfSystemProperty(named = "seed", matches = "\\d+")
  void oneSeedIsTraced() {
    int nodes = Integer.getInteger("nodes", 1);
    new Simulator(Plant.NONE, nodes).run(Long.getLong("seed", 0), true);
  }

  @Test
  void aSeedGivesTheSameHistoryAgain() {
    for (long seed = BASE; seed < BASE + 20; seed++) {
      Simulator simulator = new Simulator(Plant.NONE);
      assertEquals(simulator.run(seed).digest(), simulator.run(seed).digest());
    }
  }

  @Test
  void historiesDiffer() {
    Simulator simulator = new Simulator(Plant.NONE);
    assertTrue(simulator.run(BASE).digest() != simulator.run(BASE + 1).digest());
  }

  /** What never happened, so that nobody knows whether it would have gone well. */
  private static List<String> missing(Counts counts) {
    List<String> missing = new ArrayList<>();
    for (Happening happening : Happening.values()) {
      if (!happening.ofMany() && counts.of(happening) == 0) {
        missing.add(happening.words());
      }
    }
    return missing;
  }
}
