package io.holdfast.connections;

import io.holdfast.fold.Verdict;
import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import io.holdfast.protocol.Frame.PublishResult;
import io.holdfast.protocol.SharedFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a transport that wait for their answer. Answers leave in the order the frames came,
 * whatever each had to wait for; neighbours with the same verdict share one. Bounded: past its
 * limits the connection stops reading. Of the transport's executor, but for {@link Slot#complete}.
 */
final class AckQueue {
  private final Executor executor;
  private final Consumer<SharedFrame> out;
  private final Runnable left;
  private final Runnable unknown;
  private final Deque<Slot> slots = new ArrayDeque<>();
  private long bytes;
  private boolean waking;
  private boolean closed;

  /**
   * An empty queue.
   *
   * @param left told when answers have left
   * @param unknown told when a frame's outcome will never be known
   */
  AckQueue(Executor executor, Consumer<SharedFrame> out, Runnable left, Runnable unknown) {
    this.executor = executor;
    this.out = out;
    this.left = left;
    this.unknown = unknown;
  }

  /** A frame's place. */
  final class Slot {
    private final long msgSerial;
    private final int size;
    private final long since;
    private boolean known;
    private @Nullable Verdict verdict;

    Slot(long msgSerial, int size, long since) {
      this.msgSerial = msgSerial;
      this.size = size;
      this.since = since;
    }

    /**
     * From any thread; the answer leaves when everything before it has left. It is known no sooner
     * than what its thread has handed to the executor before is done: an answer that went along
     * with earlier ones would overtake the ATTACHED of a state without what is answered for, and
     * clients that apply their own operations on the answer would lose them with that state.
     */
    void complete(Verdict outcome) {
      complete(outcome, Runnable::run);
    }

    /** The same, and no sooner than {@code gate}, given it on the executor, runs it there. */
    void complete(Verdict outcome, Consumer<Runnable> gate) {
      executor.execute(
          () -> {
            known = true;
            gate.accept(
                () -> {
                  verdict = outcome;
                  wakeLater();
                });
          });
    }
  }

  Slot add(long msgSerial, int size, long now) {
    Slot slot = new Slot(msgSerial, size, now);
    slots.add(slot);
    bytes += size;
    return slot;
  }

  int size() {
    return slots.size();
  }

  long bytes() {
    return bytes;
  }

  /** How long the oldest of those that are not decided has waited, ms. */
  long age(long now) {
    for (Slot slot : slots) {
      if (!slot.known) {
        return now - slot.since;
      }
    }
    return 0;
  }

  /** Nothing more is answered: the transport is gone. */
  void close() {
    closed = true;
    slots.clear();
    bytes = 0;
  }

  /** Behind what waits by now, so that neighbours are answered together. */
  private void wakeLater() {
    if (!waking) {
      waking = true;
      executor.execute(this::wake);
    }
  }

  private void wake() {
    waking = false;
    if (closed) {
      return;
    }
    boolean some = false;
    while (!slots.isEmpty() && slots.peek().verdict != null) {
      if (slots.peek().verdict instanceof Verdict.Unknown) {
        close();
        unknown.run();
        return;
      }
      answer();
      some = true;
    }
    if (some) {
      left.run();
    }
  }

  /** Answers the first frame, and those next to it with the same verdict. */
  private void answer() {
    long first = slots.element().msgSerial;
    List<PublishResult> results = new ArrayList<>();
    ErrorInfo error = null;
    int count = 0;
    while (!slots.isEmpty()) {
      Slot slot = slots.element();
      Verdict verdict = slot.verdict;
      if (slot.msgSerial != first + count) {
        break;
      }
      if (verdict instanceof Verdict.Accepted accepted && error == null) {
        results.add(new PublishResult(accepted.serials()));
      } else if (verdict instanceof Verdict.Refused refused
          && results.isEmpty()
          && (error == null || error.equals(refused.error()))) {
        error = refused.error();
      } else {
        break;
      }
      count++;
      bytes -= slots.remove().size;
    }
    Frame frame =
        error == null ? new Frame.Ack(first, count, results) : new Frame.Nack(first, count, error);
    out.accept(new SharedFrame(frame));
  }
}
