package io.holdfast.bench;

import java.time.Duration;
import java.time.Instant;

/**
 * Which token of which answer is due when, the same for who writes and who reads. Every token is a
 * number of its own, so one that is lost, comes twice or strays into another answer is seen, and
 * the moment it was due is known from it. The answers' tokens are spread over each interval.
 */
record TokenPlan(int answers, int tokens, int perSecond) {
  /** As {@link #words} says it. */
  static TokenPlan of(String answers, String tokens, String perSecond) {
    return new TokenPlan(
        Integer.parseInt(answers), Integer.parseInt(tokens), Integer.parseInt(perSecond));
  }

  String words() {
    return answers + " " + tokens + " " + perSecond;
  }

  /** As long as a blank and a word. */
  String token(int answer, int token) {
    return " " + ((long) answer * tokens + token);
  }

  /** From the start of all. */
  long dueNanos(int answer, int token) {
    double intervals = token + (double) answer / answers;
    return (long) (intervals * 1e9 / perSecond);
  }

  long allTokens() {
    return (long) answers * tokens;
  }

  int millis() {
    return (int) (tokens * 1000L / perSecond);
  }

  static String channel(String prefix, int answer) {
    return prefix + answer;
  }

  /** The event under which the message is published that the answer answers. */
  static String input(int answer) {
    return "question-" + answer;
  }

  /**
   * The moment of this wall-clock time on the clock that {@link System#nanoTime} reads: processes
   * on one machine agree on the first, and only the second never jumps.
   */
  static long nanoTimeOf(long epochMillis) {
    long now = System.nanoTime();
    return now + Duration.between(Instant.now(), Instant.ofEpochMilli(epochMillis)).toNanos();
  }
}
