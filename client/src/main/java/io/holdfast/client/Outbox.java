package io.holdfast.client;

import io.holdfast.protocol.ErrorInfo;
import io.holdfast.protocol.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Frames that the server acknowledges: those that wait for a connection, and those that were sent
 * and are not acknowledged. Owned by the loop, but for the count of what waits, which callers
 * raise.
 *
 * <p>A frame keeps its number while the connection is resumed, so that the server applies it once.
 * On a new connection numbers begin anew: what does no harm when applied twice is sent again, and
 * of the rest nobody knows what became of it, so it fails.
 */
final class Outbox {
  /** What a server takes at once, and what a frame weighs beside it. */
  private static final int LARGEST = 66_000;

  private final int framesMax;
  private final long bytesMax;
  private final AtomicInteger frames = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  /** Who waits for room; null while nobody does. */
  private final AtomicReference<@Nullable CompletableFuture<Void>> room = new AtomicReference<>();

  private final Deque<Pending> waiting = new ArrayDeque<>();
  private final Deque<Pending> unacknowledged = new ArrayDeque<>();
  private @Nullable Transport transport;

  /** Read by whoever makes a recovery key. */
  private volatile long nextSerial;

  Outbox(int framesMax, long bytesMax) {
    this.framesMax = framesMax;
    this.bytesMax = bytesMax;
  }

  /** A frame and who waits for its verdict. */
  static final class Pending {
    private final LongFunction<Frame> frame;
    private final boolean repeatable;
    private final CompletableFuture<Frame.PublishResult> verdict = new CompletableFuture<>();
    private long serial = -1;

    private Pending(LongFunction<Frame> frame, boolean repeatable) {
      this.frame = frame;
      this.repeatable = repeatable;
    }

    /** Completed on the loop. */
    CompletableFuture<Frame.PublishResult> verdict() {
      return verdict;
    }

    void fail(ErrorInfo error) {
      verdict.completeExceptionally(new HoldfastException(error));
    }
  }

  /**
   * Makes room for a frame, from any thread; failed at once when there is none.
   *
   * @param frame makes it with its number
   * @param size about how many bytes it takes
   * @param repeatable whether applying it twice does no harm
   */
  Pending admit(LongFunction<Frame> frame, long size, boolean repeatable) {
    Pending pending = new Pending(frame, repeatable);
    boolean fits = frames.incrementAndGet() <= framesMax;
    // One frame fits however large it is, or it never would.
    long before = bytes.getAndAdd(size);
    fits &= before == 0 || before + size <= bytesMax;
    CompletableFuture<?> unused =
        pending.verdict.whenComplete(
            (result, error) -> {
              frames.decrementAndGet();
              bytes.addAndGet(-size);
              tellRoom();
            });
    if (!fits) {
      pending.fail(Fault.QUEUE_FULL.info());
    }
    return pending;
  }

  /** How many callers' frames wait to be sent or acknowledged. */
  int queued() {
    return frames.get();
  }

  /**
   * Completes once no more than half of what may wait does, from whatever thread makes it so: who
   * waits for room shall find enough of it for others who do, too. The largest message finds room.
   */
  CompletableFuture<Void> room() {
    CompletableFuture<Void> waiting =
        room.updateAndGet(known -> known == null ? new CompletableFuture<>() : known);
    tellRoom();
    return Objects.requireNonNull(waiting);
  }

  private void tellRoom() {
    long waits = bytes.get();
    boolean fits = waits == 0 || waits + LARGEST <= bytesMax / 2;
    if (room.get() == null || frames.get() > framesMax / 2 || !fits) {
      return;
    }
    CompletableFuture<Void> waiting = room.getAndSet(null);
    if (waiting != null) {
      waiting.complete(null);
    }
  }

  /** A frame of the client's own, which is not refused for want of room. */
  Pending own(LongFunction<Frame> frame) {
    return new Pending(frame, true);
  }

  long nextSerial() {
    return nextSerial;
  }

  /** Sends it, or keeps it until there is a connection. */
  void submit(Pending pending) {
    if (pending.verdict.isDone()) {
      return;
    }
    if (transport == null) {
      waiting.add(pending);
    } else {
      number(pending);
      transmit(pending, transport);
    }
  }

  private void number(Pending pending) {
    long serial = nextSerial;
    pending.serial = serial;
    nextSerial = serial + 1;
    unacknowledged.add(pending);
  }

  private static void transmit(Pending pending, Transport on) {
    try {
      on.send(pending.frame.apply(pending.serial));
    } catch (RuntimeException e) {
      pending.verdict.completeExceptionally(
          new HoldfastException(Fault.BAD_DATA.info("it cannot be written"), e));
    }
  }

  /** There is a connection that goes on where the last one was: sends what it may not have. */
  void resumed(Transport on) {
    transport = on;
    for (Pending pending : unacknowledged) {
      transmit(pending, on);
    }
    sendWaiting(on);
  }

  /** There is a new connection. */
  void restarted(Transport on) {
    nextSerial = 0;
    List<Pending> sent = new ArrayList<>(unacknowledged);
    unacknowledged.clear();
    transport = on;
    for (Pending pending : sent) {
      if (pending.repeatable) {
        number(pending);
        transmit(pending, on);
      } else {
        pending.fail(Fault.OUTCOME_UNKNOWN.info());
      }
    }
    sendWaiting(on);
  }

  private void sendWaiting(Transport on) {
    for (Pending next = waiting.poll(); next != null; next = waiting.poll()) {
      if (!next.verdict.isDone()) {
        number(next);
        transmit(next, on);
      }
    }
  }

  /** Numbers go on where another client's ended. */
  void recovering(long serial) {
    nextSerial = serial;
  }

  /** There is no connection. What was sent and not acknowledged is kept. */
  void interrupted() {
    transport = null;
  }

  /** What waits fails; what was sent may still be acknowledged. */
  void refuseWaiting(ErrorInfo error) {
    for (Pending next = waiting.poll(); next != null; next = waiting.poll()) {
      next.fail(error);
    }
  }

  /** Everything fails: there will be no answer. */
  void failAll(ErrorInfo error) {
    transport = null;
    refuseWaiting(error);
    for (Pending next = unacknowledged.poll(); next != null; next = unacknowledged.poll()) {
      next.fail(error);
    }
  }

  void acknowledged(Frame.Ack ack) {
    long end = ack.msgSerial() + ack.count();
    for (Pending next = due(end); next != null; next = due(end)) {
      long place = next.serial - ack.msgSerial();
      if (place < 0) {
        next.fail(Fault.OUTCOME_UNKNOWN.info());
      } else if (place < ack.results().size()) {
        next.verdict.complete(ack.results().get((int) place));
      } else {
        next.verdict.complete(new Frame.PublishResult(List.of()));
      }
    }
  }

  void refused(Frame.Nack nack) {
    long end = nack.msgSerial() + nack.count();
    for (Pending next = due(end); next != null; next = due(end)) {
      boolean meant = next.serial >= nack.msgSerial();
      next.fail(meant ? nack.error() : Fault.OUTCOME_UNKNOWN.info());
    }
  }

  /** The oldest that the server has dealt with if it has with all below the end. */
  private @Nullable Pending due(long end) {
    Pending first = unacknowledged.peek();
    return first != null && first.serial < end ? unacknowledged.poll() : null;
  }
}
