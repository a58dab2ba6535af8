package io.holdfast.journalnats;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets so many requests and so many bytes of them be under way at once; the others wait in the
 * order they came. How many may wait is bounded by who let them in. Of the engine's thread.
 */
final class Throttle {
  private record Waiting(int bytes, Runnable start) {}

  private final int max;
  private final int maxBytes;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private int underWay;
  private int bytesUnderWay;
  private boolean held;
  private boolean starting;

  Throttle(int max, int maxBytes) {
    this.max = max;
    this.maxBytes = maxBytes;
  }

  <T> CompletableFuture<T> pass(int bytes, Supplier<CompletableFuture<T>> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    waiting.add(
        new Waiting(
            bytes,
            () -> {
              CompletableFuture<T> done = Turns.started(work);
              Turns.pass(
                  done.whenComplete(
                      (_, _) -> {
                        underWay--;
                        bytesUnderWay -= bytes;
                      }),
                  answer);
              var _ = done.whenComplete((_, _) -> startMore());
            }));
    startMore();
    return answer;
  }

  private void startMore() {
    if (starting) {
      return; // what has come to its end at once: the loop below goes on
    }
    starting = true;
    try {
      startWhatMay();
    } finally {
      starting = false;
    }
  }

  private void startWhatMay() {
    while (!held && !waiting.isEmpty()) {
      Waiting next = waiting.peek();
      // one that is larger than all may go alone
      boolean room = underWay < max && (underWay == 0 || bytesUnderWay + next.bytes <= maxBytes);
      if (!room) {
        return;
      }
      waiting.remove();
      underWay++;
      bytesUnderWay += next.bytes;
      next.start.run();
    }
  }

  /** Lets nothing more through until released: a switch for tests. */
  void hold(boolean hold) {
    held = hold;
    startMore();
  }
}
