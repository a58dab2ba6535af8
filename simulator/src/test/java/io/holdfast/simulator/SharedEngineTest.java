package io.holdfast.simulator;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.journal.ChannelId;
import io.holdfast.journal.Journal;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SharedEngineTest {
  private static final int WORLDS = 20;

  @Test
  void anAppendOfUnknownOutcomeFailsThoughTheAnswersOnTheWayAreLost() {
    for (int seed = 0; seed < WORLDS; seed++) {
      History world = new History(seed, 2, Plant.NONE, false);
      Turns turns = world.turns();
      SharedEngine engine = new SharedEngine(world.fleet().servers(), turns, new Dice(seed));
      Journal journal = engine.open(world.time().new OfBoot(turns.takeOne()));
      engine.unknownAppend(false);
      CompletableFuture<Journal.Appended> append =
          journal.append(new ChannelId("sim", "one"), new byte[0], "one");
      engine.cutOff();
      engine.reconnect();
      turns.runDry();
      assertTrue(append.isCompletedExceptionally(), "seed " + seed);
    }
  }
}
