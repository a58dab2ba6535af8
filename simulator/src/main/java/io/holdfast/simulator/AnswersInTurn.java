package io.holdfast.simulator;

/** Who asks is given every frame once and in order, for as long as it may ask. */
final class AnswersInTurn {
  static final String NAME = "answers in turn";

  private AnswersInTurn() {}

  static long next(String who, long before, long number) {
    if (number != before + 1) {
      throw new Broken(NAME, who + " is given frame " + number + " after " + before);
    }
    return number;
  }
}
