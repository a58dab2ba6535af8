package io.holdfast.bench;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** What a reader has of one answer, token by token against the plan. */
final class HeardAnswer {
  private final TokenPlan plan;
  private final int answer;
  private final IntConsumer arrived;
  private @Nullable String serial;
  private int tokens;
  private boolean complete;
  private int mended;
  private @Nullable String trouble;

  /** What did not follow on what came before, until all of the text is sent again. */
  private @Nullable String gap;

  /**
   * An answer that nothing is known of yet.
   *
   * @param arrived told of each token that comes for the first time
   */
  HeardAnswer(TokenPlan plan, int answer, IntConsumer arrived) {
    this.plan = plan;
    this.answer = answer;
    this.arrived = arrived;
  }

  void take(HeardMessage message) {
    switch (message.action()) {
      case HeardMessage.CREATE -> create(message);
      case HeardMessage.UPDATE -> update(message);
      case HeardMessage.APPEND -> append(message);
      default -> fail("a message of action " + message.action());
    }
  }

  private void create(HeardMessage message) {
    if (message.streamed() && serial != null) {
      fail("a second text");
    } else if (message.streamed()) {
      serial = message.serial();
    }
  }

  private void append(HeardMessage message) {
    if (!message.serial().equals(serial)) {
      fail("an append to message " + message.serial());
    } else if (gap == null) {
      read(message.data(), tokens, true);
    }
    complete |= message.complete() && gap == null;
  }

  /** All of the text again: what the writer sends after an append was refused. */
  private void update(HeardMessage message) {
    if (!message.serial().equals(serial)) {
      fail("an update of message " + message.serial());
      return;
    }
    mended++;
    gap = null;
    int before = tokens;
    if (read(message.data(), 0, false) < before) {
      fail("an update with fewer than the " + before + " tokens that came before");
    }
    complete |= message.complete();
  }

  /** Reads whole tokens from the numbered one on; gives the number of the next. */
  private int read(String text, int from, boolean mayBeMended) {
    int next = from;
    int at = 0;
    while (at < text.length()) {
      String expected = next < plan.tokens() ? plan.token(answer, next) : "nothing more";
      int end = at + expected.length();
      boolean whole = end >= text.length() || text.charAt(end) == ' ';
      if (!whole || !text.startsWith(expected, at)) {
        String found = text.substring(at, Math.min(text.length(), at + 20));
        String what = "'" + found + "' where '" + expected + "' was next";
        if (mayBeMended) {
          gap = what;
        } else {
          fail(what);
        }
        return next;
      }
      at = end;
      next++;
      if (next > tokens) {
        tokens = next;
        arrived.accept(next - 1);
      }
    }
    return next;
  }

  private void fail(String what) {
    if (trouble == null) {
      trouble = "Answer " + answer + ", after " + tokens + " tokens: " + what + ".";
    }
  }

  /** What was not as planned and not mended since, the first of it; or null. */
  @Nullable String trouble() {
    String unmended = gap;
    if (unmended != null) {
      fail(unmended);
    }
    return trouble;
  }

  int tokens() {
    return tokens;
  }

  /** How often the writer sent all of the text again. */
  int mended() {
    return mended;
  }

  /** Whether all of the text is there. */
  boolean whole() {
    return tokens == plan.tokens();
  }

  /** Whether the writer has said that nothing more comes. */
  boolean complete() {
    return complete;
  }
}
