package io.holdfast.bench;

import java.util.function.IntPredicate;

/**
 * Looks for the largest number that holds, each asked at most once: doubled or halved from a first
 * guess until it is between two, then closed in on.
 *
 * @param steps how many numbers may be tried
 * @param most no larger one is tried
 * @param tolerance the answer may be too low by this part of it
 */
record Largest(int steps, int most, double tolerance) {
  /** The largest number found to hold; 0 when none was. */
  int from(int first, IntPredicate holds) {
    int low = 0;
    int high = most + 1;
    int next = Math.min(first, most);
    for (int step = 0; step < steps && next > low && next < high; step++) {
      if (holds.test(next)) {
        low = next;
      } else {
        high = next;
      }
      if (high - low <= Math.max(1, low * tolerance)) {
        break;
      }
      next = high > most ? Math.min(most, low * 2) : low == 0 ? high / 2 : (low + high) / 2;
    }
    return low;
  }
}
