package io.holdfast.sessions;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The text of a stream on its way to the channel. Each piece goes out at once while only a few are
 * unanswered; then what comes is gathered, and goes out as one when an answer comes. So streams
 * cost a slow connection, or one that a thousand of them share, as many messages as it can take,
 * and readers are no further behind than they have to be.
 *
 * <p>Written to by one thread at a time; answers come on any.
 */
final class GrowingText {
  /** So many pieces are unanswered before text is gathered: enough for a far-away server. */
  private static final int AHEAD_MAX = 8;

  /** And so many while others wait, too: what is sent sooner would only wait longer. */
  private static final int AHEAD_MAX_BUSY = 1;

  /**
   * Who writes more than this, in chars, waits; a message of it is taken whatever letters it is.
   */
  private static final int GATHERED_MAX = 16_384;

  private final SessionChannel channel;
  private final String serial;
  private final Map<String, Object> extras;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // guarded by the lock
  private final StringBuilder gathered = new StringBuilder();
  private int unanswered;
  private boolean waitsForRoom;
  private boolean refused;

  /** Text that is added to the message of this serial, with these extras. */
  GrowingText(SessionChannel channel, String serial, Map<String, Object> extras) {
    this.channel = channel;
    this.serial = serial;
    this.extras = extras;
  }

  /** Adds to it; blocks while too much was gathered that cannot be sent. */
  void add(String more) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!gathered.isEmpty() && gathered.length() + more.length() > GATHERED_MAX) {
        changed.await();
      }
      if (!more.isEmpty()) {
        gathered.append(more);
        pump();
      } else if (gathered.isEmpty() && unanswered < AHEAD_MAX && !waitsForRoom) {
        send("", extras);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sends what is last, after all that was added; its extras say what became of the stream. */
  void end(Map<String, Object> lastExtras) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        while (!gathered.isEmpty() || waitsForRoom) {
          changed.await();
        }
        if (send("", lastExtras)) {
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all that was added is sent. */
  void flush() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!gathered.isEmpty()) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all that was added is answered. */
  void settle() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (unanswered > 0 || !gathered.isEmpty()) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what was gathered, and waits for the answers to what was sent. */
  void drop() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      gathered.setLength(0);
      while (unanswered > 0) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether some of it is still to be sent. */
  boolean gathers() {
    lock.lock();
    try {
      return !gathered.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Whether something of it was refused and not mended since. */
  boolean refused() {
    lock.lock();
    try {
      return refused;
    } finally {
      lock.unlock();
    }
  }

  /** The message has all of the text again. */
  void mended() {
    lock.lock();
    try {
      refused = false;
    } finally {
      lock.unlock();
    }
  }

  // --- the lock is held ---

  private void pump() {
    if (gathered.isEmpty() || unanswered >= aheadMax() || waitsForRoom) {
      return;
    }
    String text = gathered.toString();
    gathered.setLength(0);
    if (!send(text, extras)) {
      gathered.append(text);
    }
  }

  private int aheadMax() {
    return channel.busy() ? AHEAD_MAX_BUSY : AHEAD_MAX;
  }

  /** Whether it was sent, or refused for good; else there is no room for it yet. */
  private boolean send(String text, Map<String, Object> itsExtras) {
    CompletableFuture<?> answer;
    try {
      answer = channel.append(Outgoing.append(serial, text, itsExtras));
    } catch (RuntimeException e) {
      // refused unsent is refused all the same: an update mends it
      answer = CompletableFuture.failedFuture(e);
    }
    if (answer.isCompletedExceptionally()
        && answer.exceptionNow() instanceof Refusal refusal
        && refusal.forRoom()) {
      waitsForRoom = true;
      // not by this thread, which may be the one that makes the room
      CompletableFuture<?> unused = channel.room().whenCompleteAsync((room, error) -> room());
      return false;
    }
    unanswered++;
    CompletableFuture<?> unused = answer.whenComplete((result, error) -> answered(error));
    return true;
  }

  // --- any thread ---

  private void room() {
    lock.lock();
    try {
      waitsForRoom = false;
      pump();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void answered(@Nullable Throwable error) {
    lock.lock();
    try {
      unanswered--;
      refused |= error != null;
      pump();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
