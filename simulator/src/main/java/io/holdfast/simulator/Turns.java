package io.holdfast.simulator;

import org.jspecify.annotations.Nullable;

/**
 * All queues of a world, and which is next. Picks by place, so that nothing depends on the order in
 * which queues became ready.
 */
final class Turns {
  private static final int MAX = Long.SIZE;

  private final Dice dice;
  private final TaskQueue[] queues = new TaskQueue[MAX];
  private long taken;
  private long ready;

  Turns(Dice dice) {
    this.dice = dice;
    for (int place = 0; place < MAX; place++) {
      queues[place] = new TaskQueue(this, place);
    }
  }

  /** A queue nobody else has; null when all are taken. */
  @Nullable TaskQueue take() {
    int place = Long.numberOfTrailingZeros(~taken);
    if (place == MAX) {
      return null;
    }
    taken |= 1L << place;
    return queues[place];
  }

  TaskQueue takeOne() {
    TaskQueue queue = take();
    if (queue == null) {
      throw new IllegalStateException("more than " + MAX + " queues");
    }
    return queue;
  }

  void giveBack(TaskQueue queue) {
    queue.clear();
    queue.pause(false);
    queue.freeze(false);
    taken &= ~(1L << queue.place());
  }

  int free() {
    return MAX - Long.bitCount(taken);
  }

  void ready(int place, boolean is) {
    long bit = 1L << place;
    ready = is ? ready | bit : ready & ~bit;
  }

  boolean idle() {
    return ready == 0;
  }

  /** Runs one task of a queue the dice pick; false when there is none. */
  boolean runOne() {
    int count = Long.bitCount(ready);
    if (count == 0) {
      return false;
    }
    long rest = ready;
    for (int skip = dice.below(count); skip > 0; skip--) {
      rest &= rest - 1;
    }
    queues[Long.numberOfTrailingZeros(rest)].runNext();
    return true;
  }

  /** Runs until nothing is left to run. */
  void runDry() {
    int left = 1_000_000;
    while (runOne()) {
      if (--left == 0) {
        throw new Broken(AtRest.NAME, "the world never comes to rest");
      }
    }
  }
}
