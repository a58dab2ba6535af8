package io.holdfast.bench;

import io.holdfast.sessions.UiChunk;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * A model's answer: each token is there when the plan says, however late the one before was taken,
 * and is then given at once.
 */
final class PacedAnswer implements Iterator<UiChunk> {
  private static final String TEXT = "text-1";
  private static final int BEFORE = 2;
  private static final int AFTER = 2;

  private final TokenPlan plan;
  private final int answer;
  private final long startNanos;
  private final ConcurrentHistogram handed;
  private int given;

  /**
   * An answer of the plan.
   *
   * @param handed takes how late each token was asked for
   */
  PacedAnswer(TokenPlan plan, int answer, long startNanos, ConcurrentHistogram handed) {
    this.plan = plan;
    this.answer = answer;
    this.startNanos = startNanos;
    this.handed = handed;
  }

  @Override
  public boolean hasNext() {
    return given < BEFORE + plan.tokens() + AFTER;
  }

  @Override
  public UiChunk next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the answer is over");
    }
    int token = given++ - BEFORE;
    if (token < 0) {
      return token == -BEFORE ? new UiChunk.Start(null, null) : new UiChunk.TextStart(TEXT);
    }
    if (token >= plan.tokens()) {
      return token == plan.tokens() ? new UiChunk.TextEnd(TEXT) : new UiChunk.Finish("stop", null);
    }
    long due = startNanos + plan.dueNanos(answer, token);
    await(due);
    handed.recordValue(Math.max(0, System.nanoTime() - due));
    return new UiChunk.TextDelta(TEXT, plan.token(answer, token));
  }

  private static void await(long due) {
    long left = due - System.nanoTime();
    if (left <= 0) {
      return;
    }
    try {
      Thread.sleep(Duration.ofNanos(left));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadFailure("Interrupted.", e);
    }
  }
}
