package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.sessions.UiChunk;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import org.HdrHistogram.ConcurrentHistogram;
import org.junit.jupiter.api.Test;

class TokenPlanTest {
  private final TokenPlan plan = new TokenPlan(4, 3, 50);

  @Test
  void noTwoTokensAreTheSame() {
    var all = new HashSet<String>();
    for (int answer = 0; answer < 4; answer++) {
      for (int token = 0; token < 3; token++) {
        all.add(plan.token(answer, token));
      }
    }
    assertEquals(plan.allTokens(), all.size());
  }

  @Test
  void theAnswersShareEachInterval() {
    assertEquals(0, plan.dueNanos(0, 0));
    assertEquals(5_000_000, plan.dueNanos(1, 0));
    assertEquals(20_000_000, plan.dueNanos(0, 1));
    assertEquals(55_000_000, plan.dueNanos(3, 2));
  }

  @Test
  void survivesTheWayThroughACommand() {
    String[] words = plan.words().split(" ", -1);
    assertEquals(plan, TokenPlan.of(words[0], words[1], words[2]));
  }

  @Test
  void theWallClockIsReadAsTheOneThatNeverJumps() {
    long nanos = TokenPlan.nanoTimeOf(Clock.systemUTC().millis() + 60_000) - System.nanoTime();
    assertTrue(Math.abs(nanos - 60_000_000_000L) < 1_000_000_000L, nanos + " ns");
  }

  @Test
  void whatIsLateIsGivenAtOnceAndCountedFromWhenItWasDue() {
    var handed = new ConcurrentHistogram(3);
    long minuteAgo = System.nanoTime() - 60_000_000_000L;
    var answer = new PacedAnswer(plan, 1, minuteAgo, handed);
    List<UiChunk> chunks = new ArrayList<>();
    answer.forEachRemaining(chunks::add);
    assertEquals(
        List.of(" 3", " 4", " 5"),
        chunks.stream()
            .filter(UiChunk.TextDelta.class::isInstance)
            .map(chunk -> ((UiChunk.TextDelta) chunk).delta())
            .toList());
    assertEquals(7, chunks.size());
    assertEquals(3, handed.getTotalCount());
    assertTrue(handed.getMinValue() > 59_000_000_000L);
    assertThrows(NoSuchElementException.class, answer::next);
  }

  @Test
  void nothingIsGivenBeforeItIsDue() {
    var handed = new ConcurrentHistogram(3);
    long start = System.nanoTime() + 20_000_000;
    new PacedAnswer(plan, 0, start, handed).forEachRemaining(chunk -> {});
    assertTrue(System.nanoTime() - start >= plan.dueNanos(0, 2));
  }
}
