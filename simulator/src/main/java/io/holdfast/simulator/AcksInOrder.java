package io.holdfast.simulator;

import java.util.ArrayDeque;
import java.util.Deque;

/** On one transport, every frame is answered at most once and in the order they were sent. */
final class AcksInOrder {
  static final String NAME = "acks in order";

  private final Deque<Long> unanswered = new ArrayDeque<>();

  void sent(long msgSerial) {
    unanswered.add(msgSerial);
  }

  void answered(long msgSerial, int count) {
    for (long serial = msgSerial; serial < msgSerial + count; serial++) {
      Long expected = unanswered.poll();
      if (expected == null || expected != serial) {
        throw new Broken(NAME, "frame " + serial + " is answered where " + expected + " is due");
      }
    }
  }
}
