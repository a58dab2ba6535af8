package io.holdfast.server;

import io.holdfast.objects.Pool;
import io.holdfast.protocol.ErrorCode;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Where large answers are drawn up: a few at a time, so that those who read much leave processors
 * to everybody else, and no more than a part of the memory waits for readers that are slow. Its
 * callers wait, so they are no event loop and no lane.
 */
final class Desk {
  /** Less than a request waits for its answer, ms. */
  private static final long PATIENCE = 8_000;

  /** Objects of less, in bytes, are gone through at once by whoever asks. */
  private static final int LARGE = 128 * 1024;

  /** One answer is at most some tens of megabytes, so this is overrun by no more than that. */
  private final long maxUnsent = Math.max(16L << 20, Runtime.getRuntime().maxMemory() / 8);

  private final Semaphore seats =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);
  private final AtomicLong unsent = new AtomicLong();

  /** Works something out when there is a seat; refuses when there is none for long. */
  <T> T think(Supplier<T> work) {
    try {
      if (!seats.tryAcquire(PATIENCE, TimeUnit.MILLISECONDS)) {
        throw busy();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
    }
    try {
      return work.get();
    } finally {
      seats.release();
    }
  }

  static boolean isLarge(Pool pool) {
    return pool.size() > LARGE;
  }

  /** The same for an answer made from objects, in the form that its request asked for. */
  Response draw(Request request, Pool pool, Supplier<Response> answer) {
    if (!isLarge(pool)) {
      return answer.get();
    }
    return think(
        () -> {
          if (unsent.get() > maxUnsent) {
            throw busy();
          }
          return new Response.Drawn(Replies.reply(request, answer.get()), unsent);
        });
  }

  private static Refusal busy() {
    return new Refusal(ErrorCode.BUSY.info("too many large answers wait to be read"));
  }
}
