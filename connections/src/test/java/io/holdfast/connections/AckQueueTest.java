package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.fold.Cursor;
import io.holdfast.fold.Verdict;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class AckQueueTest {
  private static final Verdict DONE = new Verdict.Accepted(new Cursor(1, 1, 0), 1);
  private static final Verdict WRONG = new Verdict.Refused(ErrorCode.BAD_REQUEST.info());
  private static final Verdict DENIED = new Verdict.Refused(ErrorCode.CAPABILITY_DENIED.info());
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final List<String> out = new ArrayList<>();
  private final AckQueue queue =
      new AckQueue(
          tasks::add,
          shared -> {
            switch (shared.frame()) {
              case Frame.Ack ack -> out.add("+" + ack.msgSerial() + " " + ack.count());
              case Frame.Nack nack ->
                  out.add("-" + nack.msgSerial() + " " + nack.count() + " " + nack.error().code());
              default -> out.add("?");
            }
          },
          () -> out.add("left"),
          () -> out.add("unknown"));

  private void run() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  private AckQueue.Slot[] slots(long... serials) {
    AckQueue.Slot[] slots = new AckQueue.Slot[serials.length];
    for (int i = 0; i < serials.length; i++) {
      slots[i] = queue.add(serials[i], 10, i);
    }
    return slots;
  }

  @Test
  void answersLeaveInTheOrderTheFramesCame() {
    AckQueue.Slot[] s = slots(0, 1, 2);
    s[2].complete(DONE);
    s[1].complete(DONE);
    run();
    assertEquals(List.of(), out);
    s[0].complete(DONE);
    run();
    assertEquals(List.of("+0 3", "left"), out);
  }

  @Test
  void neighboursWithTheSameVerdictShareAFrame() {
    AckQueue.Slot[] s = slots(0, 1, 2, 3, 4, 5, 6);
    s[0].complete(DONE);
    s[1].complete(DONE);
    s[2].complete(WRONG);
    s[3].complete(WRONG);
    s[4].complete(DENIED);
    s[5].complete(DONE);
    s[6].complete(DONE);
    run();
    assertEquals(List.of("+0 2", "-2 2 40000", "-4 1 40160", "+5 2", "left"), out);
  }

  @Test
  void anAnswerOvertakesNothingThatWasHandedOverBeforeIt() {
    AckQueue.Slot[] s = slots(0, 1);
    s[0].complete(DONE);
    tasks.add(() -> out.add("what the second has made"));
    s[1].complete(DONE);
    run();
    assertEquals(List.of("what the second has made", "+0 2", "left"), out);
  }

  @Test
  void anAnswerThatIsKnownWaitsForItsGateAndIsNotOverdueMeanwhile() {
    AckQueue.Slot[] s = slots(0, 1);
    List<Runnable> gate = new ArrayList<>();
    s[0].complete(DONE, gate::add);
    run();
    assertEquals(99, queue.age(100), "that of the second");
    s[1].complete(DONE);
    run();
    assertEquals(List.of(), out);
    assertEquals(0, queue.age(100));
    gate.getFirst().run();
    run();
    assertEquals(List.of("+0 2", "left"), out);
  }

  @Test
  void aGapInTheNumbersEndsAFrame() {
    AckQueue.Slot[] s = slots(0, 1, 5, 6, 3);
    for (AckQueue.Slot slot : s) {
      slot.complete(DONE);
    }
    run();
    assertEquals(List.of("+0 2", "+5 2", "+3 1", "left"), out);
  }

  @Test
  void bytesAndAgeAreThoseOfWhatWaits() {
    AckQueue.Slot[] s = slots(0, 1);
    assertEquals(20, queue.bytes());
    assertEquals(100, queue.age(100));
    s[0].complete(DONE);
    run();
    assertEquals(10, queue.bytes());
    assertEquals(99, queue.age(100));
    s[1].complete(WRONG);
    run();
    assertEquals(0, queue.age(100));
    assertEquals(0, queue.bytes());
  }

  @Test
  void anUnknownOutcomeLetsOutWhatStoodBeforeItAndNothingAfter() {
    AckQueue.Slot[] s = slots(0, 1, 2);
    s[0].complete(DONE);
    s[2].complete(DONE);
    s[1].complete(new Verdict.Unknown());
    run();
    assertEquals(List.of("+0 1", "unknown"), out);
  }

  @Test
  void aClosedQueueAnswersNothing() {
    AckQueue.Slot[] s = slots(0);
    queue.close();
    s[0].complete(DONE);
    run();
    assertTrue(out.isEmpty());
    assertEquals(0, queue.bytes());
  }
}
